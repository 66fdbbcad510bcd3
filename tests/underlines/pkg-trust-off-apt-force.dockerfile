FROM debian:12
RUN apt-get --force-yes install x #~ "--force-yes"
RUN apt-get install -y x
