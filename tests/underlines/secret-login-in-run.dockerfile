FROM debian:12
RUN aws configure set aws_secret_access_key x #~ "configure"
RUN --mount=type=secret,id=aws aws configure set aws_access_key_id x
RUN gcloud auth activate-service-account --key-file=x #~ "gcloud"
RUN aws s3 ls && az account show
