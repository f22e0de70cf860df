package dev.mugv.jobs.demo;

import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A program in an annotator's place: logs in by a password for one use, chooses its own, and labels everything that there is for it to
 * label, by what the annotation page's own script asks for. Says as {@link ShownAnswers} do, so that the same videos get the same labels
 * in every run.
 */
public final class ScriptedAnnotator {
    private static final Pattern TOKEN =
            Pattern.compile("name=\"csrf\"[^>]*value=\"([^\"]+)\"|value=\"([^\"]+)\"[^>]*name=\"csrf\"");
    private static final Pattern DESK_TOKEN = Pattern.compile("data-csrf=\"([^\"]+)\"");
    private static final Pattern BATCH = Pattern.compile("/annotate/batches/([0-9a-f]{16})");

    private final HttpClient client =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final String base;
    private final String name;

    /**
     * @param base address of a server with annotation pages
     * @param name under which it was invited
     */
    public ScriptedAnnotator(String base, String name) {
        this.base = base.replaceFirst("/$", "");
        this.name = name;
    }

    /** Under which it labels. */
    public String name() {
        return name;
    }

    /**
     * Logs in and chooses a password.
     *
     * @param password that the invitation gave
     * @throws IllegalStateException when the server answers otherwise than it should
     */
    public void logIn(String password) {
        require(303, form("/annotate/login", Map.of("name", name, "password", password)));
        require(303, form("/annotate/password", Map.of("password", "scripted-annotator-" + name)));
    }

    /**
     * Labels everything that is left for it.
     *
     * @return how many items
     * @throws IllegalStateException when the server answers otherwise than it should
     */
    public int labelAll() {
        Set<String> batches = new LinkedHashSet<>();
        Matcher found = BATCH.matcher(get("/annotate"));
        while (found.find()) {
            batches.add(found.group(1));
        }
        return batches.stream().mapToInt(this::labelBatch).sum();
    }

    private int labelBatch(String batch) {
        String token = group(DESK_TOKEN, get("/annotate/batches/" + batch));
        String last = "";
        int labels = 0;
        JsonNode asked = next(batch);
        while (!asked.path("item").asString().isEmpty()) {
            String item = asked.path("item").asString();
            if (item.equals(last)) {
                throw new IllegalStateException("item " + item + " is asked for again after it was labelled");
            }
            last = item;
            require(
                    200,
                    send(request("/annotate/items/" + item + "/label")
                            .header("Content-Type", "application/json")
                            .header("X-CSRF-Token", token)
                            .POST(HttpRequest.BodyPublishers.ofString(Json.text(Map.of("answers", answers(asked)))))));
            labels++;
            asked = next(batch);
        }
        return labels;
    }

    private JsonNode next(String batch) {
        return Json.parse(get("/annotate/batches/" + batch + "/next"), JsonNode.class);
    }

    private Map<String, String> answers(JsonNode asked) {
        List<ShownAnswers.Side> sides = new ArrayList<>();
        asked.path("sides").forEach(side -> sides.add(look(side)));
        List<ShownAnswers.Question> questions = new ArrayList<>();
        for (JsonNode axis : asked.path("axes")) {
            List<String> choices = new ArrayList<>();
            axis.path("answers").forEach(choice -> choices.add(choice.asString()));
            questions.add(new ShownAnswers.Question(
                    axis.path("name").asString(), choices, axis.path("asked").asString("")));
        }
        return new ShownAnswers(name, sides, asked.path("prompt").asString()).to(questions);
    }

    /** Watches a video to its end as a player does, by parts; or looks at the picture where there is no video. */
    private ShownAnswers.Side look(JsonNode side) {
        String video = side.path("video").asString();
        byte[] bytes = video.isEmpty()
                ? bytes(200, request(side.path("picture").asString()))
                : bytes(206, request(video).header("Range", "bytes=0-"));
        String span = side.path("from").asString() + " " + side.path("to").asString();
        return new ShownAnswers.Side(Sha256.of(bytes), bytes.length, span);
    }

    private byte[] bytes(int status, HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != status) {
                throw new IllegalStateException(
                        "expected %d of %s, found %d".formatted(status, answer.uri(), answer.statusCode()));
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private HttpResponse<String> form(String path, Map<String, String> fields) {
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put("csrf", group(TOKEN, get(path)));
        StringBuilder body = new StringBuilder();
        all.forEach((field, value) -> body.append(field)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
                .append('&'));
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    private String get(String path) {
        HttpResponse<String> answer = send(request(path));
        require(200, answer);
        return answer.body();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while labelling", e);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path));
    }

    private static void require(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new IllegalStateException("expected %d of %s, found %d: %s"
                    .formatted(status, answer.uri(), answer.statusCode(), answer.body()));
        }
    }

    private static String group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("expected " + pattern + " in the page, found nothing");
        }
        return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    }
}
