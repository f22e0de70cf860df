package dev.mugv.steps.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.audit.AuditFinding.Kind;
import dev.mugv.steps.database.PostgresFixture;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainVerificationTest {
    private static final int EVENTS = 20;

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private AuditDatabase database;

    @BeforeEach
    void create() {
        database = AuditDatabase.create(postgres);
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void anEmptyLogAndAnUntouchedOneAreSound() throws Exception {
        assertThat(database.verify(List.of()).isSound()).isTrue();
        database.append(EVENTS);
        ChainVerification.Result result = database.verify(List.of(head()));
        assertThat(result.findings()).isEmpty();
        assertThat(result.events()).isEqualTo(EVENTS);
        assertThat(result.heads()).isEqualTo(1);
    }

    @Test
    void everyKindOfTextIsHashedInJavaAsInTheDatabase() throws Exception {
        for (String text : List.of("", "Käsekuchen 🎬", "a:1,b", "\"\\\n\t", "\u0000", "x".repeat(20_000))) {
            database.log.append(AuditEvent.of(AuditKind.VERDICT, "cats", "token/1", Map.of("message", text)));
        }
        database.log.append(new AuditEvent(
                AuditKind.UNPROTECTED, java.util.Optional.empty(), "database", new java.util.TreeMap<>()));
        assertThat(database.verify(List.of()).findings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind = 'VERDICT'",
                "run_name = 'dogs'",
                "run_name = NULL",
                "subject = 'token/8'",
                "detail = '{}'",
                "os_user = 'bob'",
                "host = 'login2'",
                "process = 1",
                "database_role = 'nobody'",
                "address = '10.0.0.1'",
                "occurred_at = occurred_at + interval '1 microsecond'",
                "previous_hash = repeat('0', 64)"
            })
    void aChangeOfAnyColumnIsFoundAndNamed(String change) throws Exception {
        database.append(EVENTS);
        database.tamper("UPDATE audit_event SET %s WHERE number = 7".formatted(change));
        List<AuditFinding> findings = database.verify(List.of()).findings();
        assertThat(findings).extracting(AuditFinding::kind).containsExactly(Kind.CHANGED);
        assertThat(findings.get(0).first()).isEqualTo(7);
    }

    @Test
    void aChangedRowWithAHashOfItsOwnIsFoundByTheNextOne() throws Exception {
        database.append(EVENTS);
        database.tamper("UPDATE audit_event SET hash = repeat('a', 64) WHERE number = 7");
        assertThat(kinds(database)).containsExactly(Kind.CHANGED);

        // As good a forgery as one row can be: its content and its hash agree.
        AuditEntry old = entry(7);
        database.tamper("UPDATE audit_event SET os_user = 'bob', hash = '%s' WHERE number = 7"
                .formatted(new AuditEntry(
                                7,
                                old.kind(),
                                old.run(),
                                old.subject(),
                                old.detail(),
                                "bob",
                                old.host(),
                                old.process(),
                                old.databaseRole(),
                                old.address(),
                                old.occurredAtMicros(),
                                old.previousHash(),
                                "")
                        .hashAt(7)));
        List<AuditFinding> findings = database.verify(List.of()).findings();
        assertThat(findings).extracting(AuditFinding::kind).containsExactly(Kind.EXCHANGED);
        assertThat(findings.get(0).text()).startsWith("event 8 names ").contains("event 7");
    }

    @Test
    void aRowRemovedFromTheMiddleIsNamed() throws Exception {
        database.append(EVENTS);
        database.tamper("DELETE FROM audit_event WHERE number IN (7, 8)");
        List<AuditFinding> findings = database.verify(List.of()).findings();
        assertThat(findings).extracting(AuditFinding::kind).containsExactly(Kind.MISSING);
        assertThat(findings.get(0).text()).isEqualTo("expected events 7 to 8, found none");
    }

    @Test
    void aGapThatWasClosedByRenumberingIsNamed() throws Exception {
        database.append(EVENTS);
        database.tamper(
                "DELETE FROM audit_event WHERE number = 7",
                "UPDATE audit_event SET number = number - 1 + 1000 WHERE number > 7",
                "UPDATE audit_event SET number = number - 1000 WHERE number > 1000",
                "UPDATE audit_chain SET events = events - 1");
        List<AuditFinding> findings = database.verify(List.of()).findings();
        assertThat(findings)
                .extracting(AuditFinding::kind)
                .containsOnly(Kind.MOVED)
                .hasSize(EVENTS - 7);
        assertThat(findings.get(0).text()).isEqualTo("expected event 7 there, found event 8");
    }

    @Test
    void rowsThatChangedPlacesAreNamedWithTheirPlaces() throws Exception {
        database.append(EVENTS);
        for (int other : new int[] {8, 19}) {
            try (AuditDatabase copy = database.backup()) {
                copy.tamper(
                        "UPDATE audit_event SET number = 999 WHERE number = 7",
                        "UPDATE audit_event SET number = 7 WHERE number = " + other,
                        "UPDATE audit_event SET number = %d WHERE number = 999".formatted(other));
                List<AuditFinding> findings = copy.verify(List.of()).findings();
                assertThat(findings).extracting(AuditFinding::kind).containsExactly(Kind.MOVED, Kind.MOVED);
                assertThat(findings)
                        .extracting(AuditFinding::text)
                        .containsExactly(
                                "expected event 7 there, found event " + other,
                                "expected event %d there, found event 7".formatted(other));
            }
        }
    }

    @Test
    void aCutOffEndIsFoundByTheDatabasesOwnCount() throws Exception {
        database.append(EVENTS);
        database.tamper("DELETE FROM audit_event WHERE number > 17");
        List<AuditFinding> findings = database.verify(List.of()).findings();
        assertThat(findings).extracting(AuditFinding::kind).containsExactly(Kind.CUT_OFF);
        assertThat(findings.get(0).first()).isEqualTo(18);
        assertThat(findings.get(0).last()).isEqualTo(EVENTS);
    }

    @Test
    void aCutOffEndWhoseCountWasChangedTooIsFoundByTheFiles() throws Exception {
        database.append(EVENTS);
        HeadFiles.Located head = head();
        database.tamper(
                "DELETE FROM audit_event WHERE number > 17",
                "UPDATE audit_chain SET events = 17, hash = (SELECT hash FROM audit_event WHERE number = 17)");
        assertThat(kinds(database)).isEmpty();
        List<AuditFinding> findings = database.verify(List.of(head)).findings();
        assertThat(findings).extracting(AuditFinding::kind).containsExactly(Kind.OLDER_THAN_FILES);
        assertThat(findings.get(0).text())
                .contains("was written when there were 20 events, found 17")
                .contains("restored from a backup older than that");
        assertThat(state().objection(database.jdbc, head).orElseThrow())
                .contains("when the audit log had 20 events, this database has 17");
    }

    @Test
    void aDatabaseRestoredFromAnOlderBackupIsFoundByTheFilesAlsoWhenItWentOn() throws Exception {
        database.append(10);
        HeadFiles.Located early = head();
        try (AuditDatabase restored = database.backup()) {
            database.append(10);
            HeadFiles.Located late = head();
            List<AuditFinding> at10 = restored.verify(List.of(early, late)).findings();
            assertThat(at10).extracting(AuditFinding::kind).containsExactly(Kind.OLDER_THAN_FILES);
            assertThat(at10.get(0).first()).isEqualTo(11);

            restored.append(15);
            List<AuditFinding> later = restored.verify(List.of(early, late)).findings();
            assertThat(later).extracting(AuditFinding::kind).containsExactly(Kind.DEPARTS_FROM_FILES);
            assertThat(later.get(0).text())
                    .contains("files and database agree up to event 10")
                    .contains("restored from an older backup and went on");
            assertThat(ChainState.read(restored.jdbc)
                            .objection(restored.jdbc, late)
                            .orElseThrow())
                    .startsWith("event 20 is not the one that '");
            assertThat(ChainState.read(restored.jdbc).objection(restored.jdbc, early))
                    .isEmpty();
        }
    }

    @Test
    void aHeadOfAnotherDatabaseIsNamed() throws Exception {
        database.append(3);
        HeadFiles.Located foreign =
                located("0b5c", 3, ChainState.read(database.jdbc).hash());
        assertThat(database.verify(List.of(foreign)).findings())
                .extracting(AuditFinding::kind)
                .containsExactly(Kind.OTHER_CHAIN);
    }

    @Test
    void eventsAreRolledBackWithWhatTheyTell() throws Exception {
        database.transactions.executeWithoutResult(status -> {
            database.append(2);
            status.setRollbackOnly();
        });
        assertThatThrownBy(() -> database.transactions.executeWithoutResult(status -> {
                    database.append(1);
                    throw new IllegalStateException("killed");
                }))
                .hasMessage("killed");
        database.transactions.executeWithoutResult(status -> database.append(2));
        assertThat(database.verify(List.of()).events()).isEqualTo(2);
    }

    @Test
    void controllersThatAppendAtOnceMakeOneChain() throws Exception {
        ExecutorService controllers = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(controllers.submit(() -> database.append(25)));
            }
            for (Future<?> each : all) {
                each.get(1, TimeUnit.MINUTES);
            }
        } finally {
            controllers.shutdownNow();
        }
        ChainVerification.Result result = database.verify(List.of());
        assertThat(result.findings()).isEmpty();
        assertThat(result.events()).isEqualTo(100);
    }

    private HeadFiles.Located head() {
        ChainState state = state();
        return located(state.chainId(), state.events(), state.hash());
    }

    private ChainState state() {
        return ChainState.read(database.jdbc);
    }

    private static HeadFiles.Located located(String chain, long events, String hash) {
        ArtifactRef ref = new ArtifactRef(TaskKind.TRAIN_MODEL, "a".repeat(64), "b".repeat(64));
        return new HeadFiles.Located(
                Path.of("artifacts/train-model/x"),
                new AuditHead(1, chain, events, hash, ref, "cats", Instant.parse("2026-11-30T10:00:00Z")));
    }

    private AuditEntry entry(long number) throws Exception {
        List<AuditEntry> found = new ArrayList<>();
        try (java.sql.Connection connection = database.address.connect()) {
            AuditQuery.ofRun("cats").read(connection, found::add);
        }
        return found.get((int) number - 1);
    }

    private static List<Kind> kinds(AuditDatabase database) throws Exception {
        return database.verify(List.of()).findings().stream()
                .map(AuditFinding::kind)
                .toList();
    }
}
