FROM fedora:41
RUN yum-config-manager --save --setopt=x.sslverify=false #~ "--setopt=x.sslverify=false"
RUN dnf config-manager --setopt=sslverify=0 #~ "--setopt=sslverify=0"
RUN dnf-config-manager --save --setopt=sslverify=No #~ "--setopt=sslverify=No"
RUN dnf config-manager --setopt=keepcache=0
