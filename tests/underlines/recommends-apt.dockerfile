FROM debian:12
RUN apt-get install -y curl #~ "install"
RUN apt-get install -y curl --no-install-recommends
RUN apt-get -o APT::Install-Recommends=false install curl
RUN apt-get update
