FROM debian:12
RUN curl -fsSLk https://x #~ "-fsSLk"
RUN curl -fsSL https://x -o k
RUN echo "curl -k"
