package dev.mugv.steps.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.steps.database.PostgresFixture;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class RecordedCommandsTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final List<List<String>> ran = new ArrayList<>();
    private JdbcClient jdbc;

    @BeforeEach
    void empties() {
        jdbc = JdbcClient.create(postgres.dataSource());
        jdbc.sql("TRUNCATE remote_call").update();
    }

    @Test
    void everyCallIsOnTheRecordWithWhatItCameTo() {
        commands(10, new CommandResult.Finished(0, "1390\n", "")).run(slurm("sbatch"), SHORT);
        commands(10, new CommandResult.Finished(0, "\n", "")).run(slurm("squeue"), SHORT);
        commands(10, new CommandResult.Finished(1, "", "sacct: error: Connection refused\n"))
                .run(slurm("sacct"), SHORT);
        commands(10, new CommandResult.NoAnswer("no end within 60 s")).run(List.of("scancel", "--quiet", "1_2"), SHORT);
        assertThat(jdbc.sql(
                                "SELECT tool || ' ' || outcome || ' ' || coalesce(reason, '') FROM remote_call ORDER BY number")
                        .query(String.class)
                        .list())
                .containsExactly(
                        "sbatch ANSWERED ",
                        "squeue EMPTY ",
                        "sacct REFUSED sacct: error: Connection refused",
                        "scancel NO_ANSWER no end within 60 s");
        assertThat(jdbc.sql("SELECT bytes FROM remote_call WHERE tool = 'sbatch'")
                        .query(Long.class)
                        .single())
                .isEqualTo(5);
    }

    @Test
    void whatIsBeyondTheBudgetOfAllControllersIsNotRun() {
        CommandRunner one = commands(3, new CommandResult.Finished(0, "x", ""));
        CommandRunner other = commands(3, new CommandResult.Finished(0, "x", ""));
        one.run(slurm("squeue"), SHORT);
        other.run(slurm("squeue"), SHORT);
        one.run(slurm("squeue"), SHORT);
        assertThat(other.run(slurm("squeue"), SHORT))
                .isEqualTo(new CommandResult.NoAnswer("not run: the budget of 3 calls a minute is used up"));
        assertThat(ran).hasSize(3);
    }

    @Test
    void aCallWaitsForItsTurn() {
        CommandRunner commands = commands(1, new CommandResult.Finished(0, "x", ""));
        commands.run(slurm("squeue"), SHORT);
        jdbc.sql("UPDATE remote_call SET begun_at = begun_at - interval '59 seconds'")
                .update();
        assertThat(commands.run(slurm("squeue"), Duration.ofSeconds(30))).isInstanceOf(CommandResult.Finished.class);
    }

    @Test
    void callsAreForgottenAfterTheirRetention() {
        commands(10, new CommandResult.Finished(0, "x", "")).run(slurm("squeue"), SHORT);
        jdbc.sql("UPDATE remote_call SET begun_at = begun_at - interval '2 hours'")
                .update();
        commands(10, new CommandResult.Finished(0, "x", "")).run(slurm("sacct"), SHORT);
        assertThat(jdbc.sql("SELECT tool FROM remote_call").query(String.class).list())
                .containsExactly("sacct");
    }

    private static List<String> slurm(String tool) {
        return List.of("env", "-uSQUEUE_FORMAT", "LC_ALL=C", "SLURM_TIME_FORMAT=%s", tool, "--noheader");
    }

    private CommandRunner commands(int budget, CommandResult result) {
        return new RecordedCommands(
                (command, limit) -> {
                    ran.add(command);
                    return result;
                },
                new RemoteCallLedger(
                        jdbc,
                        new TransactionTemplate(new JdbcTransactionManager(postgres.dataSource())),
                        new RemoteCallLedger.Caller(
                                "local", ControllerName.ofThisProcess(), "run", budget, Duration.ofHours(1))),
                Clock.systemUTC());
    }
}
