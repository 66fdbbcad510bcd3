FROM debian:12
COPY .env /app/ #~ ".env"
ADD keys/id_rsa /root/.ssh/ #~ "keys/id_rsa"
COPY --from=x a.pem /b
COPY config $AWS_CONFIG_FILE #~ "$AWS_CONFIG_FILE"
COPY src/env.ts id_rsa.pub /app/
FROM debian:12
COPY key.json /secrets/key.json
ENV GOOGLE_APPLICATION_CREDENTIALS=/secrets/key.json #~ "/secrets/key.json"
