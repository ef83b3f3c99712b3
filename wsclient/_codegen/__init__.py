"""Generator of wsclient/_generated and wsclient/_client/operations; a development tool that wheels do not contain."""
