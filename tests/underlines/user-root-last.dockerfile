FROM debian:12 AS base
USER root:root #~ "root"
FROM base AS other
USER app
FROM base
RUN x
