FROM debian:12 #~ "FROM"
RUN x
