FROM debian:12
CMD a
CMD b #~ "CMD"
FROM debian:12
CMD c
