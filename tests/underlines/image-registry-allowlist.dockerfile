# args: --param image-registry-allowlist.registries=["docker.io","*.example.com"]
FROM debian:12 AS one
FROM one
FROM scratch
FROM ghcr.io/a/b:1 #~ "ghcr.io/a/b:1"
COPY --from=one a b
COPY --from=quay.io/a/b a b #~ "quay.io/a/b"
FROM r.example.com/x:1
RUN --mount=type=bind,from=gcr.io/x,target=/x y #~ "gcr.io/x"
