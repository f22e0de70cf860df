package dev.mugv.model.format;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a worker finds a service. What it answers is told by the name of its model, so the address is no part of an artifact's key.
 *
 * @param url base address
 * @param apiKeyVariable environment variable with the key, where the service asks for one
 * @param timeout longest wait for one answer
 */
public record ServiceAddress(URI url, Optional<String> apiKeyVariable, Duration timeout) {}
