# put here by anybody
