package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.database.ZonkyPostgres;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mugv db}. */
@Command(
        name = "db",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Looks at or stops the database of a run.",
            "",
            "The embedded PostgreSQL server is started by the first command that needs it and left running for the next"
                    + " ones: it outlives every command, killed ones too, and ends by 'mugv db stop' or with the machine."
        },
        subcommands = {DatabaseCommand.Status.class, DatabaseCommand.Migrate.class, DatabaseCommand.Stop.class},
        footer = {"", "Examples:", "  mugv db status", "  mugv db migrate", "  mugv db stop"})
final class DatabaseCommand extends CommandGroup {
    /** {@code mugv db status}. */
    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Says where the database is and whether it runs; starts nothing.",
            footer = {"", "Examples:", "  mugv db status --json"})
    static final class Status extends RunQuestion<Map<String, String>> {
        @Override
        Map<String, String> answer(SelectedRun run) {
            ControllerLog.silent();
            RunDatabase database = new RunDatabase(run, System.getenv());
            Optional<ZonkyPostgres> embedded = database.embeddedServer();
            Map<String, String> facts = new TreeMap<>();
            Optional<DatabaseAddress> running =
                    embedded.isPresent() ? embedded.get().runningForWork() : Optional.of(database.open());
            facts.put("kind", embedded.isPresent() ? "embedded" : "server");
            embedded.ifPresent(server -> facts.put("folder", server.home().toString()));
            facts.put("state", running.isPresent() ? "running" : "stopped");
            running.ifPresent(address -> facts.put("url", address.url()));
            running.ifPresent(address -> facts.put("user", address.user()));
            embedded.ifPresent(server -> facts.put("owner", server.ownerRole()));
            run.configuration().database().owner().ifPresent(owner -> facts.put("owner", owner));
            return facts;
        }

        @Override
        void print(Map<String, String> facts, PrintWriter out) {
            facts.forEach((name, value) -> out.println("%-10s %s".formatted(name, value)));
        }
    }

    /** {@code mugv db migrate}. */
    @Command(
            name = "migrate",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Brings the database to this build's schema, and the application's role to its rights.",
                "",
                "Every command that starts work does so by itself where the configuration names database.owner, or the database"
                        + " is embedded. Where only an administrator has that role, this is their command."
            },
            footer = {"", "Examples:", "  mugv db migrate"})
    static final class Migrate implements Callable<Integer> {
        @Mixin
        private RunOptions options = new RunOptions();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            SelectedRun run = options.select(PathCheck.SKIPPED);
            ControllerLog.silent();
            RunDatabase database = new RunDatabase(run, System.getenv());
            database.preparation(database.roles()).migrate();
            PrintWriter out = spec.commandLine().getOut();
            out.println("The database has the schema of this build, and role '%s' its rights."
                    .formatted(database.roles().application().user()));
            out.flush();
            return ExitCode.COMPLETED.code();
        }
    }

    /** {@code mugv db stop}. */
    @Command(
            name = "stop",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Stops the embedded server; the next command that needs it starts it again.",
            footer = {"", "Examples:", "  mugv db stop"})
    static final class Stop implements Callable<Integer> {
        @Mixin
        private RunOptions options = new RunOptions();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            SelectedRun run = options.select(PathCheck.SKIPPED);
            ControllerLog.silent();
            Optional<ZonkyPostgres> embedded = new RunDatabase(run, System.getenv()).embeddedServer();
            PrintWriter out = spec.commandLine().getOut();
            if (embedded.isEmpty()) {
                out.println("The run uses a server of yours; mugv does not stop it.");
            } else {
                out.println(embedded.get().stop() ? "The embedded server has stopped." : "It was not running.");
            }
            out.flush();
            return ExitCode.COMPLETED.code();
        }
    }
}
