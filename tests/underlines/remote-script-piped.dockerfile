FROM debian:12
RUN curl -fsSL https://x | bash #~ "bash"
RUN wget -qO- https://x | tee log | sh -s -- -y #~ "sh"
RUN bash -c "$(curl https://x)" #~ "bash"
RUN curl https://x -o y && sha256sum -c z && sh y
RUN curl https://x | tar xz
