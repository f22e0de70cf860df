package dev.mugv.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.mugv.jobs.demo.ScriptedAnnotator;
import dev.mugv.model.run.Json;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.labels.GivenLabel;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The pages with a login as a program asks for them, in order and out of it. */
class AnnotationPagesTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    static Path folder;

    private static HikariDataSource database;
    private static Labelling labelling;
    private static WebServer server;
    private static Instant now = Instant.parse("2026-11-30T12:00:00Z");

    @BeforeAll
    static void serve() throws Exception {
        ShownRun shown = new ShownRun(postgres.address(), Files.createDirectories(folder.resolve("workspace")));
        database = postgres.address().poolForReading(4);
        labelling = Labelling.of(shown, postgres.address().dataSource());
        server = WebServer.start(
                new ServedRun(shown.identity(), ShownRun.nodeExclusion()),
                database,
                Endpoint.of("127.0.0.1", 0),
                Optional.of(labelling.desk(new Clock() {
                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return now;
                    }
                })));
    }

    @AfterAll
    static void end() {
        server.close();
        database.close();
    }

    /** A browser without a screen: it keeps cookies. */
    private static final class Visitor {
        private final HttpClient client =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

        HttpResponse<String> get(String path) throws Exception {
            return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
        }

        HttpResponse<String> post(String path, Map<String, String> form) throws Exception {
            StringBuilder body = new StringBuilder();
            form.forEach((name, value) -> body.append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
                    .append('&'));
            return client.send(
                    request(path)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        HttpResponse<String> json(String path, String token, Object body) throws Exception {
            return client.send(
                    request(path)
                            .header("Content-Type", "application/json")
                            .header("X-CSRF-Token", token)
                            .POST(HttpRequest.BodyPublishers.ofString(Json.text(body)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        String formToken(String path) throws Exception {
            return Jsoup.parse(get(path).body()).select("input[name=csrf]").attr("value");
        }

        HttpResponse<String> logIn(String name, String password) throws Exception {
            return post(
                    "/annotate/login",
                    Map.of("csrf", formToken("/annotate/login"), "name", name, "password", password));
        }

        /** The token of a labelling page. */
        String deskToken(String batch) throws Exception {
            return Jsoup.parse(get("/annotate/batches/" + batch).body())
                    .select("#label-desk")
                    .attr("data-csrf");
        }

        AskedItem next(String batch) throws Exception {
            return Json.parse(get("/annotate/batches/" + batch + "/next").body(), AskedItem.class);
        }

        private static HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(server.endpoint().url().replaceFirst("/$", "") + path));
        }
    }

    private static Visitor loggedIn(String name) throws Exception {
        labelling.invite(name);
        Visitor visitor = new Visitor();
        assertThat(visitor.logIn(name, Labelling.PASSWORD).headers().firstValue("Location"))
                .contains("/annotate");
        return visitor;
    }

    @Test
    void anInvitationLeadsToAPasswordOfOnesOwnBeforeAnythingElse() throws Exception {
        String once = labelling.annotators().invite("ivy");
        Visitor visitor = new Visitor();
        assertThat(visitor.get("/annotate").headers().firstValue("Location")).contains("/annotate/login");
        HttpResponse<String> answer = visitor.logIn("ivy", once);
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location")).contains("/annotate/password");
        assertThat(visitor.get("/annotate").headers().firstValue("Location")).contains("/annotate/password");
        assertThat(visitor.get("/annotate/batches/" + labelling.study().batchId() + "/next")
                        .statusCode())
                .isEqualTo(401);
        HttpResponse<String> weak = visitor.post(
                "/annotate/password", Map.of("csrf", visitor.formToken("/annotate/password"), "password", "short"));
        assertThat(weak.statusCode()).isEqualTo(400);
        assertThat(weak.body()).contains("Cannot take this password: expected 10 characters or more");
        visitor.post(
                "/annotate/password",
                Map.of("csrf", visitor.formToken("/annotate/password"), "password", Labelling.PASSWORD));
        Document list = Jsoup.parse(visitor.get("/annotate").body());
        assertThat(list.select("tbody tr").eachText())
                // One of its two items may have been completed by another test, and is asked of nobody any more.
                .anySatisfy(row ->
                        assertThat(row).contains("study-1", "human-evaluation").containsPattern("0 of [12]"));
        assertThat(new Visitor().logIn("ivy", once).statusCode()).isEqualTo(403);
    }

    @Test
    void theCookieIsOutOfReachOfScriptsAndOfOtherSites() throws Exception {
        String cookie = new Visitor()
                .get("/annotate/login")
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow();
        assertThat(cookie).contains("mugv-annotator=", "HttpOnly", "SameSite=Strict", "Path=/annotate");
        // Pages that only read begin no session.
        assertThat(new Visitor().get("/").headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void nothingIsDoneWithoutTheSessionsToken() throws Exception {
        Visitor visitor = loggedIn("tom");
        String batch = labelling.study().batchId();
        AskedItem item = visitor.next(batch);
        Map<String, Object> body = Map.of("answers", Map.of("realistic", "no"));
        HttpResponse<String> forged = visitor.json("/annotate/items/" + item.item() + "/label", "0".repeat(48), body);
        assertThat(forged.statusCode()).isEqualTo(409);
        assertThat(forged.body()).contains("expected the token of your session");
        assertThat(visitor.next(batch).given()).isZero();
        assertThat(visitor.post("/annotate/login", Map.of("name", "tom", "password", Labelling.PASSWORD))
                        .statusCode())
                .isEqualTo(400);
        assertThat(new Visitor()
                        .json("/annotate/items/" + item.item() + "/label", "0".repeat(48), body)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aLabelIsGivenOnceIsTakenBackAndGivenAnew() throws Exception {
        Visitor visitor = loggedIn("una");
        String batch = labelling.study().batchId();
        String token = visitor.deskToken(batch);
        AskedItem item = visitor.next(batch);
        assertThat(item.total()).isEqualTo(2);
        String path = "/annotate/items/" + item.item() + "/label";
        Map<String, Object> no = Map.of("answers", Map.of("realistic", "no"));
        assertThat(visitor.json(path, token, no).body()).isEqualTo("{\"outcome\":\"added\"}");
        assertThat(visitor.json(path, token, no).body()).isEqualTo("{\"outcome\":\"there-already\"}");
        HttpResponse<String> other =
                visitor.json(path, token, Map.of("answers", Map.of("realistic", "yes", "faithful", "no")));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(other.body()).contains("una has labelled it already, with other answers");
        AskedItem second = visitor.next(batch);
        assertThat(second.item()).isNotEqualTo(item.item());
        assertThat(second.given()).isEqualTo(1);
        assertThat(visitor.json("/annotate/batches/" + batch + "/undo", token, Map.of())
                        .body())
                .contains(item.item());
        assertThat(visitor.next(batch).given()).isZero();
        assertThat(visitor.json(path, token, Map.of("answers", Map.of("realistic", "maybe")))
                        .body())
                .contains("expected one of [yes, no], found 'maybe'");
        assertThat(visitor.json(path, token, "nonsense").statusCode()).isEqualTo(409);
    }

    /** As PostgreSQL says it when it cannot extend a table's file. */
    @Test
    void aLabelThatTheDatabaseHasNoRoomForIsSaidAndGivenAgainLater() throws Exception {
        Visitor visitor = loggedIn("dora");
        String batch = labelling.study().batchId();
        String token = visitor.deskToken(batch);
        AskedItem item = visitor.next(batch);
        String path = "/annotate/items/" + item.item() + "/label";
        Map<String, Object> no = Map.of("answers", Map.of("realistic", "no"));
        JdbcClient jdbc = JdbcClient.create(postgres.dataSource());
        jdbc.sql("""
                        CREATE FUNCTION have_no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                        RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'could not extend file "base/5/1": No space left on device';
                        END $$""").update();
        jdbc.sql("CREATE TRIGGER no_room BEFORE INSERT ON label FOR EACH ROW EXECUTE FUNCTION have_no_room()")
                .update();
        try {
            HttpResponse<String> full = visitor.json(path, token, no);
            assertThat(full.statusCode()).isEqualTo(503);
            assertThat(full.body())
                    .contains("Cannot keep this: the database has no room left on its disk.")
                    .doesNotContain("base/5/1");
        } finally {
            jdbc.sql("DROP FUNCTION have_no_room() CASCADE").update();
        }
        assertThat(visitor.next(batch).given()).isZero();
        assertThat(visitor.json(path, token, no).body()).isEqualTo("{\"outcome\":\"added\"}");
        assertThat(visitor.next(batch).given()).isEqualTo(1);
    }

    @Test
    void aBlindItemTellsNothingOfWhatMadeItAndItsVideoComesInRanges() throws Exception {
        Visitor visitor = loggedIn("eve");
        String batch = labelling.study().batchId();
        String answer = visitor.get("/annotate/batches/" + batch + "/next").body();
        assertThat(answer).doesNotContain("pretrained", "videos/", "method");
        String video = visitor.next(batch).sides().get(0).video();
        assertThat(video).startsWith("/annotate/items/").endsWith("/video/1");
        HttpResponse<String> part = visitor.client.send(
                Visitor.request(video).header("Range", "bytes=0-9").build(), HttpResponse.BodyHandlers.ofString());
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.headers().firstValue("Content-Type")).contains("video/mp4");
        assertThat(new Visitor().get(video).statusCode()).isEqualTo(401);
        assertThat(visitor.get(video.replace("/video/1", "/video/2")).statusCode())
                .isEqualTo(404);
        assertThat(visitor.get(video.replace("/video/", "/manifest/")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aClipIsShownByAPictureWhereItsVideoIsOutOfReach() throws Exception {
        Visitor visitor = loggedIn("clara");
        AskedItem item = visitor.next(labelling.review().batchId());
        AskedItem.Side side = item.sides().get(0);
        assertThat(side.video()).isEmpty();
        assertThat(side.to()).isEqualTo(4);
        assertThat(visitor.get(side.picture()).headers().firstValue("Content-Type"))
                .contains("image/png");
    }

    @Test
    void aClipIsShownByItsOwnSpanOfItsSourceVideoWhereThatIsInReach() throws Exception {
        Visitor visitor = loggedIn("dora");
        Path source = Path.of("").toAbsolutePath().getParent().resolve("ops/demo/videos/thrown-ball.mp4");
        Path link = folder.resolve("workspace/videos/" + "ab".repeat(32));
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, source);
        try {
            AskedItem.Side side =
                    visitor.next(labelling.review().batchId()).sides().get(0);
            assertThat(side.picture()).isEmpty();
            // Frames 0 to 100 of 25 a second.
            assertThat(side.from()).isZero();
            assertThat(side.to()).isEqualTo(4);
            HttpResponse<byte[]> part = visitor.client.send(
                    Visitor.request(side.video()).header("Range", "bytes=10-").build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.headers().firstValue("Content-Type")).contains("video/mp4");
            byte[] whole = Files.readAllBytes(source);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole, 10, whole.length));
            assertThat(new Visitor().get(side.video()).statusCode()).isEqualTo(401);
        } finally {
            Files.delete(link);
        }
    }

    @Test
    void scriptedAnnotatorsLogInAndLabelAllThatIsTheirsToLabel() {
        for (String name : List.of("scripted-one", "scripted-two")) {
            ScriptedAnnotator annotator =
                    new ScriptedAnnotator(server.endpoint().url(), name);
            annotator.logIn(labelling.annotators().invite(name));
            // Two videos of the study, a pair of them, a clip.
            assertThat(annotator.labelAll()).isEqualTo(4);
            assertThat(annotator.labelAll()).isZero();
        }
        assertThat(labelling.store().reader().standing(labelling.pair()))
                .extracting(GivenLabel::annotator)
                .contains("scripted-one", "scripted-two");
    }

    @Test
    void whoTriesPasswordsWaitsLongerEachTime() throws Exception {
        labelling.invite("vic");
        Visitor visitor = new Visitor();
        for (int i = 0; i < 5; i++) {
            assertThat(visitor.logIn("vic", "wrong").statusCode()).isEqualTo(403);
        }
        HttpResponse<String> slowed = visitor.logIn("vic", Labelling.PASSWORD);
        assertThat(slowed.statusCode()).isEqualTo(429);
        assertThat(slowed.body()).contains("Wait 31 s");
        now = now.plusSeconds(31);
        assertThat(visitor.logIn("vic", "wrong").statusCode()).isEqualTo(403);
        now = now.plusSeconds(31);
        assertThat(visitor.logIn("vic", Labelling.PASSWORD).statusCode()).isEqualTo(429);
        now = now.plus(Duration.ofMinutes(1));
        assertThat(visitor.logIn("vic", Labelling.PASSWORD).statusCode()).isEqualTo(303);
    }

    @Test
    void whoIsRevokedIsOutAtOnce() throws Exception {
        Visitor visitor = loggedIn("rex");
        assertThat(visitor.get("/annotate").statusCode()).isEqualTo(200);
        labelling.annotators().revoke("rex");
        assertThat(visitor.get("/annotate").headers().firstValue("Location")).contains("/annotate/login");
    }

    @Test
    void theRunsPageShowsTheStudyWithoutALogin() throws Exception {
        String page = new Visitor().get("/runs/demo/labels").body();
        assertThat(page).contains("study-1", "Krippendorff", "no item has two answers");
    }
}
