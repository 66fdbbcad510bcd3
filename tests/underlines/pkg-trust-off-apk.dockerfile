FROM debian:12
RUN apk add --allow-untrusted x.apk #~ "--allow-untrusted"
RUN apk add curl
