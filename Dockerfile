# Contains the static binary of `make build` and nothing else.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=docker
RUN make build VERSION=${VERSION} && install -d -m 700 -o 65532 -g 65532 /empty/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /src/bin/backpack /backpack
COPY --from=build --chown=65532:65532 /empty/ /
USER 65532:65532
ENV BACKPACK_LISTEN=:8080 BACKPACK_DATA=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/backpack"]
