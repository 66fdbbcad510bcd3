FROM debian:12
RUN rpm -ivh --nosignature x.rpm #~ "--nosignature"
RUN rpm -ivh x.rpm
