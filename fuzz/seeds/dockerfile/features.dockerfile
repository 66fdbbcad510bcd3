# syntax=docker/dockerfile:1
# escape=\

# a comment
ARG VERSION=1.2 OTHER
FROM --platform=$BUILDPLATFORM golang:${VERSION:-1} AS build
ENV PATH=/bin:$PATH "a b"='c d' \
    X=y
ENV old style value
RUN --mount=type=cache,target=/root --mount=type=secret,id=s apt-get update && \
    # between
    apt-get install -y --no-install-recommends "curl=$X" `cat list` $(sh -c "echo 'a' | wc -l") > /dev/null 2>&1

    && rm -rf /var/lib/apt/lists/*
RUN ["sh", "-c", "echo \u00e9\n"]
RUN <<EOF cat <<-"TWO"
set -e; if [ -f a ]; then for x in 1 2; do echo "${x:-$((1+2))}"; done; fi
EOF
	two
	TWO
COPY --from=build --chown=1:1 ["a", "b/"] 
ADD https://example.org/a.tgz /x
HEALTHCHECK --interval=5s CMD curl -f http://localhost || exit 1
ONBUILD RUN echo é
FROM scratch
EXPOSE 80/tcp 8000-8010
USER app:app
CMD exec app
