/** A stack of many services of the kind that people publish: variables, ports, volumes, labels, a healthcheck. */
export function bigStack(services: number): string {
  const some = Array.from({ length: services }, (_, index) => service(index))
  const volumes = Array.from({ length: services }, (_, index) => `  data${index}:\n`)
  return `services:\n${some.join('')}networks:\n  front:\n  back: {internal: true}\nvolumes:\n${volumes.join('')}`
}

function service(index: number): string {
  return `  app${index}:
    image: registry.example.com/team/app${index}:1.${index}
    command: serve --listen=:8080 --peer=app${(index + 1) % 7}:8080
    environment:
      DATABASE_URL: postgres://app:secret@app${index % 11}:5432/app${index}
      LOG_LEVEL: \${LOG_LEVEL:-info}
      DB_PASSWORD: hunter${index}
      TZ: Etc/UTC
    ports:
      - "${10_000 + index}:8080"
    volumes:
      - data${index}:/data
      - /srv/app${index}/conf:/conf:ro
    networks: [front, back]
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8080/healthz"]
      interval: 15s
      start_period: 30s
    deploy:
      replicas: 1
      update_config: {parallelism: 1, order: stop-first}
      resources:
        limits: {cpus: "0.50", memory: 128M}
        reservations: {memory: 64M}
      placement:
        constraints: [node.role == worker]
      labels:
        - traefik.enable=true
        - traefik.http.routers.app${index}.rule=Host(\`app${index}.example.com\`)
        - traefik.http.routers.app${index}.entrypoints=websecure
        - traefik.http.services.app${index}.loadbalancer.server.port=8080
`
}
