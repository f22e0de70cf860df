package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.SlurmExecution;
import dev.mugv.model.config.SlurmRequest;
import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.cluster.ClusterIdentity;
import dev.mugv.slurm.cluster.Rounds;
import dev.mugv.slurm.cluster.SlurmExecutor;
import dev.mugv.slurm.cluster.SlurmTimings;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.NodeStorage;
import dev.mugv.slurm.local.LocalExecutor;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.poll.ControllerName;
import dev.mugv.steps.poll.RecordedCommands;
import dev.mugv.steps.poll.RemoteCallLedger;
import dev.mugv.steps.poll.SharedRounds;
import dev.mugv.steps.work.JavaWorkerProgram;
import dev.mugv.steps.work.Placement;
import dev.mugv.steps.work.Stay;
import dev.mugv.steps.work.SubmissionLedger;
import dev.mugv.steps.work.Surroundings;
import dev.mugv.steps.work.Waiter;
import dev.mugv.steps.work.WorkEngine;
import dev.mugv.steps.work.WorkListener;
import dev.mugv.steps.work.WorkSettings;
import dev.mugv.steps.work.WorkerProgram;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The engine that carries out work, on the executor that the configuration names. */
@Configuration(proxyBeanMethods = false)
class WorkConfiguration {
    /** Opens nothing until something is asked; closed with the application. */
    @Bean
    ClusterLink clusterLink(PipelineConfiguration configuration, Clock clock) {
        return ClusterLink.of(configuration.slurm(), clock);
    }

    @Bean
    NodeStorage nodeStorage(PipelineConfiguration configuration, ClusterLink link, RunIdentity run) {
        return switch (configuration.executor()) {
            case LOCAL -> NodeStorage.SHARED;
            case SLURM -> link.storage(run.workspace());
        };
    }

    /** Where Slurm's commands are run, within their budget and on the record. */
    @Bean
    CommandRunner commandRunner(
            PipelineConfiguration configuration,
            ClusterLink link,
            RunIdentity run,
            JdbcClient jdbc,
            TransactionTemplate transactions,
            Clock clock) {
        SlurmExecution slurm = configuration.slurm();
        RemoteCallLedger.Caller caller = new RemoteCallLedger.Caller(
                SshLinks.place(slurm.ssh()),
                ControllerName.ofThisProcess(),
                run.name(),
                slurm.callsPerMinute(),
                slurm.callRetention());
        return new RecordedCommands(link.runner(), new RemoteCallLedger(jdbc, transactions, caller), clock);
    }

    @Bean
    SlurmClient slurmClient(PipelineConfiguration configuration, CommandRunner commands) {
        return new CommandLineSlurmClient(commands, configuration.slurm().commandTimeout());
    }

    @Bean
    ClusterIdentity clusterIdentity(PipelineConfiguration configuration, SlurmClient client, Clock clock) {
        return new ClusterIdentity(client, SshLinks.user(configuration.slurm().ssh()), clock);
    }

    /** Asks nothing until an executor of Slurm wants to know something. */
    @Bean
    SharedRounds rounds(
            PipelineConfiguration configuration,
            SlurmClient client,
            ClusterIdentity identity,
            JdbcClient jdbc,
            DatabaseAddress database,
            Clock clock) {
        return new SharedRounds(
                client, identity, SlurmTimings.standard(configuration.slurm().commandTimeout()), jdbc, database, clock);
    }

    @Bean
    Executor executor(
            PipelineConfiguration configuration,
            SlurmClient client,
            ClusterIdentity identity,
            Rounds rounds,
            NodeStorage storage,
            Clock clock) {
        SlurmExecution slurm = configuration.slurm();
        return switch (configuration.executor()) {
            case LOCAL -> new LocalExecutor(configuration.local().parallel(), clock);
            case SLURM ->
                new SlurmExecutor(
                        client,
                        identity,
                        rounds,
                        SlurmTimings.standard(slurm.commandTimeout()),
                        slurm.arraySize(),
                        clock,
                        storage);
        };
    }

    @Bean
    WorkEngine workEngine(
            PipelineConfiguration configuration,
            RunIdentity run,
            Executor executor,
            Distribution distribution,
            Outside outside) {
        return new WorkEngine(
                outside.ledger(),
                executor,
                program(configuration, run, executor.storage(), distribution),
                settings(configuration, run),
                new Surroundings(outside.clock(), Waiter.system(), outside.listener(), outside.stay()));
    }

    private static WorkerProgram program(
            PipelineConfiguration configuration, RunIdentity run, NodeStorage storage, Distribution distribution) {
        return storage.isShared()
                ? new JavaWorkerProgram(java(configuration), distribution.workerClassPath(), run.workspace())
                : JavaWorkerProgram.sent(
                        Path.of(configuration.slurm().storage().orElseThrow().java()),
                        distribution.workerClassPath(),
                        run.workspace(),
                        storage);
    }

    private static Path java(PipelineConfiguration configuration) {
        return switch (configuration.executor()) {
            case LOCAL -> Distribution.java();
            case SLURM -> configuration.slurm().java().orElseGet(Distribution::java);
        };
    }

    private static WorkSettings settings(PipelineConfiguration configuration, RunIdentity run) {
        return switch (configuration.executor()) {
            case LOCAL ->
                new WorkSettings(
                        run.name(),
                        run.workspace(),
                        configuration.local().parallel(),
                        WorkSettings.Limits.local(),
                        step -> Placement.local(configuration.local().timeLimit(), configuration.parallel())
                                .on(configuration.training().device()),
                        configuration.training().conduct());
            case SLURM ->
                new WorkSettings(
                        run.name(),
                        run.workspace(),
                        configuration.slurm().parallel(),
                        WorkSettings.Limits.cluster(configuration.slurm().nodeExclusion()),
                        step -> placement(configuration.slurm().request(step), configuration),
                        configuration.training().conduct());
        };
    }

    private static Placement placement(SlurmRequest request, PipelineConfiguration configuration) {
        return new Placement(
                request.timeLimit(),
                request.nodes(),
                request.ranksPerNode(),
                request.cpus(),
                request.memoryMebibytes(),
                request.relayAhead(),
                request.options(),
                request.device().orElse(configuration.training().device()),
                configuration.parallel());
    }

    /** Database, clock, audience and patience of the engine. */
    record Outside(SubmissionLedger ledger, Clock clock, WorkListener listener, Stay stay) {}

    @Bean
    SubmissionLedger submissionLedger(JdbcClient jdbc, TransactionTemplate transactions) {
        return new SubmissionLedger(jdbc, transactions);
    }

    @Bean
    Outside outside(SubmissionLedger ledger, Clock clock, WorkListener listener, Stay stay) {
        return new Outside(ledger, clock, listener, stay);
    }
}
