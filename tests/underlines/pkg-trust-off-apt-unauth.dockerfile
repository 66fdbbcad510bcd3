FROM debian:12
RUN apt-get install -y --allow-unauthenticated x #~ "--allow-unauthenticated"
RUN apt-get install -y x
