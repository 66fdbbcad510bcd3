FROM debian:12
ENV a=AKIAIOSFODNN7EXAMPLE #~ "AKIAIOSFODNN7EXAMPLE"
RUN curl https://user:hunter2@example.com/x #~ "https://user:hunter2@example.com/x"
ENV b=AKIA c=/etc/ssl
RUN curl https://example.com/x
LABEL t=ghp_0123456789abcdefghijklmnopqrstuvwxyz #~ "ghp_0123456789abcdefghijklmnopqrstuvwxyz"
