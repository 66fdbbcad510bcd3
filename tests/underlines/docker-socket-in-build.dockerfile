FROM debian:12
VOLUME /var/run/docker.sock #~ "/var/run/docker.sock"
RUN --mount=type=bind,target=/run/docker.sock,source=x y #~ "/run/docker.sock"
VOLUME /data
