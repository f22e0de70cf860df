package dev.mugv.model.chat;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A service with OpenAI's chat completions interface. Answers 429 and 5xx and lost connections are tried again; the key is sent and never
 * put into messages.
 */
public final class ChatEndpoint {
    private static final int ATTEMPTS = 4;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private final Service service;
    private final String purpose;
    private final Optional<String> key;
    private final Duration firstPause;
    private final HttpClient client;

    /**
     * Where it is.
     *
     * @param url base address, for example {@code http://localhost:8000/v1}
     * @param model name of the model
     * @param timeout longest wait for one answer
     */
    public record Service(URI url, String model, Duration timeout) {}

    /**
     * @param purpose what it is asked for, for messages: {@code caption clips}
     * @param key what the service wants as bearer token
     * @param firstPause wait before the second attempt; doubled before each further one
     */
    public ChatEndpoint(Service service, String purpose, Optional<String> key, Duration firstPause) {
        this.service = service;
        this.purpose = purpose;
        this.key = key;
        this.firstPause = firstPause;
        this.client = HttpClient.newBuilder().connectTimeout(service.timeout()).build();
    }

    /**
     * A key from the environment.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when the variable is empty
     */
    public static String key(String purpose, String variable) {
        String key = System.getenv(variable);
        if (key == null || key.isBlank()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot %s: expected the service's key in environment variable %s, found it empty. Set it, or remove 'api-key-variable'."
                            .formatted(purpose, variable));
        }
        return key;
    }

    /**
     * Asks one question at temperature 0.
     *
     * @param content text, or parts as the interface knows them
     * @param maxTokens longest answer
     * @return the answer on one line
     * @throws WorkFailure TRANSIENT when the service stays out of reach; INVALID_REQUEST when it refuses or answers
     *     something else than a chat completion
     */
    public String ask(Object content, int maxTokens) {
        byte[] body = Json.bytes(Map.of(
                "model",
                service.model(),
                "messages",
                List.of(Map.of("role", "user", "content", content)),
                "max_tokens",
                maxTokens,
                "temperature",
                0));
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(service.url().toString().replaceAll("/+$", "") + "/chat/completions"))
                .timeout(service.timeout())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return text(send(request.build()));
    }

    private String send(HttpRequest request) {
        String fact = "no answer";
        Duration pause = firstPause;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                int status = response.statusCode();
                if (status == 200) {
                    return response.body();
                }
                fact = "it answered " + status;
                if (status != TOO_MANY_REQUESTS && status < SERVER_ERRORS) {
                    throw refused(fact + " " + shortened(response.body()));
                }
            } catch (IOException e) {
                fact = e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(new InterruptedIOException("interrupted while asking a service"));
            }
            if (attempt < ATTEMPTS) {
                pause(pause);
                pause = pause.multipliedBy(2);
            }
        }
        throw new WorkFailure(
                FailureKind.TRANSIENT,
                "Cannot %s at '%s': %s, %d times. Check that the service runs, then give the command again."
                        .formatted(purpose, service.url(), fact, ATTEMPTS));
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("interrupted while waiting to ask again"));
        }
    }

    private String text(String body) {
        try {
            JsonNode content = Json.parse(body, JsonNode.class).at("/choices/0/message/content");
            if (content.isString() && !content.stringValue().isBlank()) {
                return content.stringValue().strip().replaceAll("\\s+", " ");
            }
        } catch (JacksonException e) {
            throw refused("its answer is no JSON: " + shortened(body));
        }
        throw refused("its answer holds no text: " + shortened(body));
    }

    private WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot %s at '%s': %s. Check the address, the model's name and the key."
                        .formatted(purpose, service.url(), fact));
    }

    /** The start of an answer, without the key should the service have echoed it. */
    private String shortened(String body) {
        String safe = key.map(secret -> body.replace(secret, "***")).orElse(body);
        return "'" + (safe.length() <= 200 ? safe : safe.substring(0, 200) + "...") + "'";
    }
}
