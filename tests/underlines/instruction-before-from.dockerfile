# diagnostics: 1
ARG x
RUN early #~ "RUN"
FROM debian:12
RUN y
