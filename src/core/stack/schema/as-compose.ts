/** Behind what to write instead of something that says what was meant to whoever reads it as Compose does. */
export const AS_COMPOSE = 'If the file is one of docker compose, give --compose.'
