"""Server-side codecs of the AWS protocols."""
