package dev.mugv.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.labels.GivenLabel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The annotation page in a headless Chromium, used by its keys. */
class AnnotationBrowserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    static Path folder;

    private static HikariDataSource database;
    private static Labelling labelling;
    private static WebServer server;
    private static ChromeDriver browser;

    @BeforeAll
    static void open() throws Exception {
        Assumptions.assumeTrue(
                HeadlessBrowser.isThere(), "No chromium and chromedriver on the PATH to look at pages with");
        ShownRun shown = new ShownRun(postgres.address(), Files.createDirectories(folder.resolve("workspace")));
        database = postgres.address().poolForReading(4);
        labelling = Labelling.of(shown, postgres.address().dataSource());
        server = WebServer.start(
                new ServedRun(shown.identity(), ShownRun.nodeExclusion()),
                database,
                Endpoint.of("127.0.0.1", 0),
                Optional.of(labelling.desk(Clock.systemUTC())));
        browser = HeadlessBrowser.open(folder.resolve("profile"));
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.close();
            database.close();
        }
    }

    @Test
    void anAnnotatorLogsInLabelsByKeysUndoesAndComesToTheEnd() throws Exception {
        logIn("ann");
        picture("list");
        browser.findElement(By.linkText("study-1")).click();
        until(() -> text("#label-progress").equals("0 of 2 labelled by you"));
        browser.executeScript("window.stillTheSame = true");
        String first = shownItem();

        type("1");
        until(() -> text("fieldset.now legend").startsWith("Is what was given unchanged"));
        type(Keys.BACK_SPACE);
        until(() -> text("fieldset.now legend").startsWith("Could it be a real recording"));
        type("1", "1", "2");
        picture("study");
        type(Keys.ENTER);
        until(() -> text("#label-progress").equals("1 of 2 labelled by you"));
        assertThat(labelling.store().reader().standingOf(first))
                .extracting(GivenLabel::answers)
                .isEqualTo(List.of(Map.of("realistic", "yes", "faithful", "yes", "high-quality", "no")));

        type("u");
        until(() -> text("#label-progress").equals("0 of 2 labelled by you"));
        assertThat(shownItem()).isEqualTo(first);
        assertThat(labelling.store().reader().standingOf(first)).isEmpty();

        type("2", Keys.ENTER);
        until(() -> text("#label-progress").equals("1 of 2 labelled by you"));
        type("2", Keys.ENTER);
        until(() -> text(".label-say").startsWith("Done: there is nothing left"));
        assertThat(labelling.store().reader().standing(labelling.study()))
                .hasSize(2)
                .allSatisfy(label -> assertThat(label.annotator()).isEqualTo("ann"));
        assertThat(browser.executeScript("return window.stillTheSame")).isEqualTo(true);
        requireQuiet();
    }

    @Test
    void twoVideosPlayPauseAndStepTogether() throws Exception {
        logIn("bob");
        browser.findElement(By.linkText("pairs-1")).click();
        until(
                () -> Boolean.TRUE.equals(
                        browser.executeScript(
                                "const v = document.querySelectorAll('video'); return v.length === 2 && [...v].every(e => e.currentTime > 0.3 && !e.paused)")));
        type(" ");
        until(() -> Boolean.TRUE.equals(browser.executeScript(
                "return [...document.querySelectorAll('video')].every(e => e.paused && !e.seeking)")));
        List<Double> paused = times();
        // Paused, both stand at the very same time.
        assertThat(paused.get(0)).isEqualTo(paused.get(1));
        picture("pair");
        type("r");
        until(() -> Boolean.TRUE.equals(
                browser.executeScript("return [...document.querySelectorAll('video')].every(e => !e.paused)")));
        type(" ", ".", ".", ",");
        until(() -> Boolean.TRUE.equals(browser.executeScript(
                "return [...document.querySelectorAll('video')].every(e => e.paused && !e.seeking)")));
        List<Double> stepped = times();
        assertThat(stepped.get(0)).isEqualTo(stepped.get(1)).isPositive();
        // One that has run ahead is put right within half a frame of the other.
        Object together = browser.executeAsyncScript("""
                const done = arguments[0];
                const [left, right] = document.querySelectorAll("video");
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "r", bubbles: true }));
                setTimeout(() => {
                  right.currentTime = right.duration / 2 + 0.5;
                  const look = (tries) => {
                    if (!right.seeking && Math.abs(left.currentTime - right.currentTime) < 0.06) { done(true); }
                    else if (tries === 0) { done(left.currentTime + " " + right.currentTime); }
                    else { setTimeout(() => look(tries - 1), 50); }
                  };
                  look(200);
                }, 300);""");
        assertThat(together).isEqualTo(true);
        type("1", "2", "3", Keys.ENTER);
        until(() -> text(".label-say").startsWith("Done"));
        assertThat(labelling.store().reader().standing(labelling.pair()))
                .extracting(GivenLabel::answers)
                .isEqualTo(List.of(Map.of("aesthetics", "first", "motion", "second", "errors", "tie")));
        requireQuiet();
    }

    private static void logIn(String name) throws Exception {
        labelling.invite(name);
        browser.manage().deleteAllCookies();
        go("/annotate");
        assertThat(text("h1")).isEqualTo("Log in");
        browser.findElement(By.cssSelector("main input[name=name]")).sendKeys(name);
        browser.findElement(By.name("password")).sendKeys("not this one", Keys.ENTER);
        until(() -> text("main").contains("Cannot log in"));
        picture("login");
        // Chromium reports the refusal, as it should.
        browser.manage().logs().get(LogType.BROWSER);
        browser.findElement(By.cssSelector("main input[name=name]")).sendKeys(name);
        browser.findElement(By.name("password")).sendKeys(Labelling.PASSWORD, Keys.ENTER);
        until(() -> text("h1").equals("Label"));
    }

    private static String shownItem() {
        return String.valueOf(browser.executeScript("return document.getElementById('label-desk').dataset.item"));
    }

    @SuppressWarnings("unchecked")
    private static List<Double> times() {
        return ((List<Number>)
                        browser.executeScript("return [...document.querySelectorAll('video')].map(e => e.currentTime)"))
                .stream().map(Number::doubleValue).toList();
    }

    private static void type(CharSequence... keys) {
        for (CharSequence key : keys) {
            new Actions(browser).sendKeys(key).perform();
        }
    }

    private static void go(String path) {
        browser.get(server.endpoint().url().replaceFirst("/$", "") + path);
    }

    private static String text(String selector) {
        return String.valueOf(
                browser.executeScript("return document.querySelector(arguments[0])?.innerText ?? ''", selector));
    }

    private static void until(java.util.function.BooleanSupplier condition) {
        new WebDriverWait(browser, PATIENCE).until(looking -> condition.getAsBoolean());
    }

    /** Where a person asks for pictures, they lie in the folder that this property names. */
    private static void picture(String name) throws Exception {
        String wanted = System.getProperty("mugv.pictures", "");
        if (!wanted.isEmpty()) {
            Files.write(Path.of(wanted, name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
        }
    }

    private static void requireQuiet() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                        .map(LogEntry::getMessage))
                .isEmpty();
    }
}
