FROM debian:12
MAINTAINER me #~ "MAINTAINER"
LABEL org.opencontainers.image.authors=me
