FROM debian:12
RUN chmod 4755 /bin/x #~ "4755"
RUN chmod -R g+s /srv #~ "g+s"
RUN chmod 0755 /a && chmod u+x /b && chmod 755 /c
COPY --chmod=2755 a /b #~ "2755"
