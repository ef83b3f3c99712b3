"""Foundation that every other part of wsclient imports: errors, HTTP values, clock, model, protocols and tables."""
