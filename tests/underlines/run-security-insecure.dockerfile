FROM debian:12
RUN --security=insecure x #~ "insecure"
RUN --network=host x #~ "host"
RUN --network=none --security=sandbox x
