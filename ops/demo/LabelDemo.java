import dev.mugv.model.run.Json;
import java.io.IOException;
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
 * A scripted annotator: logs in by a password for one use, chooses its own, and labels everything that there is for it to label, by what the
 * annotation page's own script asks for. Its answers are drawn from the item's id, four fifths of them alike for all annotators: they say
 * nothing about the videos, but are the same on every run.
 *
 * <p>Arguments: address of 'mugv serve --annotate', name, password for one use. Ends with 1 where something is not as expected.
 */
class LabelDemo {
    private static final Pattern TOKEN = Pattern.compile("name=\"csrf\"[^>]*value=\"([^\"]+)\"|value=\"([^\"]+)\"[^>]*name=\"csrf\"");
    private static final Pattern DESK_TOKEN = Pattern.compile("data-csrf=\"([^\"]+)\"");
    private static final Pattern BATCH = Pattern.compile("/annotate/batches/([0-9a-f]{16})");

    private final HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final String base;
    private final String name;

    private LabelDemo(String base, String name) {
        this.base = base.replaceFirst("/$", "");
        this.name = name;
    }

    public static void main(String[] arguments) throws Exception {
        LabelDemo annotator = new LabelDemo(arguments[0], arguments[1]);
        annotator.logIn(arguments[2]);
        int labels = 0;
        Set<String> batches = new LinkedHashSet<>();
        Matcher found = BATCH.matcher(annotator.get("/annotate"));
        while (found.find()) {
            batches.add(found.group(1));
        }
        for (String batch : batches) {
            labels += annotator.labelAll(batch);
        }
        System.out.printf("%s labelled %d items of %d batches%n", annotator.name, labels, batches.size());
        System.exit(labels > 0 ? 0 : 1);
    }

    private void logIn(String password) throws IOException, InterruptedException {
        require(303, form("/annotate/login", Map.of("name", name, "password", password)));
        require(303, form("/annotate/password", Map.of("password", "scripted-annotator-" + name)));
    }

    private int labelAll(String batch) throws IOException, InterruptedException {
        String token = group(DESK_TOKEN, get("/annotate/batches/" + batch));
        String last = "";
        int labels = 0;
        JsonNode asked = Json.parse(get("/annotate/batches/" + batch + "/next"), JsonNode.class);
        while (!asked.path("item").asString().isEmpty()) {
            String item = asked.path("item").asString();
            if (item.equals(last)) {
                throw new IllegalStateException("item " + item + " is asked for again after it was labelled");
            }
            last = item;
            watch(asked);
            HttpResponse<String> given = client.send(
                    request("/annotate/items/" + item + "/label")
                            .header("Content-Type", "application/json")
                            .header("X-CSRF-Token", token)
                            .POST(HttpRequest.BodyPublishers.ofString(Json.text(Map.of("answers", answers(item, asked)))))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            require(200, given);
            labels++;
            asked = Json.parse(get("/annotate/batches/" + batch + "/next"), JsonNode.class);
        }
        return labels;
    }

    /** Asks for the beginning of every video, as a player does. */
    private void watch(JsonNode asked) throws IOException, InterruptedException {
        for (JsonNode side : asked.path("sides")) {
            String shown = side.path("video").asString();
            if (!shown.isEmpty()) {
                HttpResponse<byte[]> part = client.send(
                        request(shown).header("Range", "bytes=0-1023").build(), HttpResponse.BodyHandlers.ofByteArray());
                if (part.statusCode() != 206 || part.body().length != 1024) {
                    throw new IllegalStateException(
                            "expected 1,024 bytes of " + shown + " by 206, found " + part.body().length + " by " + part.statusCode());
                }
            }
        }
    }

    /** One answer to each question that is asked, given the answers before it. */
    private Map<String, String> answers(String item, JsonNode asked) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (JsonNode axis : asked.path("axes")) {
            String before = axis.path("asked").asString("");
            if (!before.isEmpty() && !"yes".equals(answers.get(before))) {
                continue;
            }
            List<String> choices = new ArrayList<>();
            axis.path("answers").forEach(choice -> choices.add(choice.asString()));
            String question = item + axis.path("name").asString();
            boolean alike = Math.floorMod((question + name).hashCode(), 5) > 0;
            int drawn = Math.floorMod((alike ? question : question + name + "apart").hashCode() >> 3, choices.size());
            answers.put(axis.path("name").asString(), choices.get(drawn));
        }
        return answers;
    }

    private HttpResponse<String> form(String path, Map<String, String> fields) throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put("csrf", group(TOKEN, get(path)));
        StringBuilder body = new StringBuilder();
        all.forEach((field, value) ->
                body.append(field).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8)).append('&'));
        return client.send(
                request(path)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
        require(200, answer);
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path));
    }

    private static void require(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new IllegalStateException(
                    "expected %d of %s, found %d: %s".formatted(status, answer.uri(), answer.statusCode(), answer.body()));
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
