FROM debian:12
RUN wget -q --no-check-certificate https://x #~ "--no-check-certificate"
RUN wget https://x
