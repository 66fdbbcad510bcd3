FROM debian:12
RUN yum install -y --nogpgcheck x #~ "--nogpgcheck"
RUN yum install -y x
