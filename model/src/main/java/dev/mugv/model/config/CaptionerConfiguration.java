package dev.mugv.model.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Who describes the clips; {@code kind} tells them apart in files. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CaptionerConfiguration.Describer.class, name = "describer"),
    @JsonSubTypes.Type(value = CaptionerConfiguration.Csv.class, name = "csv"),
    @JsonSubTypes.Type(value = CaptionerConfiguration.Endpoint.class, name = "endpoint")
})
public sealed interface CaptionerConfiguration {
    /** The built-in describer: says what was measured. */
    record Describer() implements CaptionerConfiguration {}

    /**
     * Captions written by people; clips that the file does not name are described by what was measured.
     *
     * @param file CSV of captions
     */
    record Csv(@MustExist(MustExist.Kind.FILE) Path file) implements CaptionerConfiguration {}

    /**
     * A service with OpenAI's chat completions interface that sees frames of the clip.
     *
     * @param url base address, for example {@code http://localhost:8000/v1}
     * @param model name of the model
     * @param apiKeyVariable environment variable with the key, where the service asks for one
     * @param prompt what it is asked
     * @param frames pictures shown of each clip
     * @param timeout longest wait for one answer
     */
    record Endpoint(
            URI url,
            String model,
            Optional<String> apiKeyVariable,

            @Default("Describe this video clip in one or two sentences: subject, action, scene and camera.")
            String prompt,

            @Default("4") int frames,
            @Default("60s") Duration timeout)
            implements CaptionerConfiguration {
        public Endpoint {
            new Faults()
                    .require(
                            "http".equals(url.getScheme()) || "https".equals(url.getScheme()),
                            "url",
                            "expected an http or https address, found '" + url + "'")
                    .require(!model.isBlank(), "model", "expected a model's name, found none")
                    .within(1, 16, frames, "frames")
                    .require(timeout.toMillis() > 0, "timeout", "expected above 0, found " + timeout.toMillis() + "ms")
                    .throwIfAny();
        }
    }
}
