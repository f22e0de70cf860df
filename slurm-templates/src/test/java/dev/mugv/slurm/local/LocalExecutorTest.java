package dev.mugv.slurm.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.ExecutorContract;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.script.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the local executor reads /proc")
class LocalExecutorTest extends ExecutorContract {
    private static final String ENDLESS = "while :; do sleep 0.05; done";
    private final List<ArraySubmission> prepared = new java.util.ArrayList<>();

    @Override
    protected Executor executor() {
        return new LocalExecutor(8, Clock.systemUTC());
    }

    @Override
    protected ArraySubmission prepared(int elements, int parallel, Resources resources, String body)
            throws IOException {
        ArraySubmission submission = super.prepared(elements, parallel, resources, body);
        prepared.add(submission);
        return submission;
    }

    @Override
    protected int ranksOnANode(int asked) {
        return 2 * asked;
    }

    @AfterEach
    void endsWhatIsLeft() {
        for (ArraySubmission submission : prepared) {
            for (int index = 0; index < submission.elements(); index++) {
                ElementProcesses.kill(ElementProcesses.of(submission.element(index)));
            }
        }
    }

    @Test
    void aKilledWorkerIsSeenByTheScriptsExitCode() throws IOException {
        ArraySubmission submission = prepared(1, 1, "echo $$ > $submission/pid; " + ENDLESS);
        Executor executor = running(submission);
        kill(Long.parseLong(Files.readString(submission.folder().resolve("pid")).strip()));
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.FAILED);
        assertThat(ended.exitCode()).isEqualTo(OptionalInt.of(137));
    }

    @Test
    void aKilledScriptIsOverOnlyWhenItsWorkerIsGone() throws IOException {
        ArraySubmission submission = prepared(1, 1, "echo $$ > $submission/pid; " + ENDLESS);
        Executor executor = running(submission);
        ProcessIdentity worker = ProcessIdentity.find(Long.parseLong(
                        Files.readString(submission.folder().resolve("pid")).strip()))
                .orElseThrow();
        kill(claimedBy(submission));
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.exitCode()).isEqualTo(OptionalInt.of(137));
        assertThat(worker.isAlive()).isFalse();
    }

    @Test
    void anElementWhoseSupervisorIsKilledIsANodeFailureOnceNothingOfItIsLeft() throws IOException {
        ArraySubmission submission = prepared(1, 1, "echo $$ > $submission/pid; " + ENDLESS);
        running(submission);
        kill(Long.parseLong(record(submission, "begin-0").get("pid")));
        // The kill is seen by a new controller as well as by the old one.
        Observation.Ended ended = ended(await(executor(), submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.NODE_FAILURE);
        assertThat(ElementProcesses.of(submission.element(0))).isEmpty();
    }

    @Test
    void anotherProcessWithTheSupervisorsNumberIsNotTheSupervisor() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        executor().submit(submission);
        ProcessIdentity self =
                ProcessIdentity.find(ProcessHandle.current().pid()).orElseThrow();
        new ElementRecords(submission)
                .create(
                        "begin-0",
                        Map.of(
                                "kind",
                                "started",
                                "host",
                                HostName.current(),
                                "pid",
                                self.pid(),
                                "start",
                                self.startTicks() - 1,
                                "boot",
                                self.bootId(),
                                "at",
                                1));
        assertThat(ended(executor().observe(List.of(submission)), submission, 0).state())
                .isEqualTo(Observation.EndState.NODE_FAILURE);
    }

    @Test
    void anElementOfAnEarlierBootIsANodeFailure() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        executor().submit(submission);
        begun(submission, HostName.current(), "an-earlier-boot");
        assertThat(ended(executor().observe(List.of(submission)), submission, 0).state())
                .isEqualTo(Observation.EndState.NODE_FAILURE);
    }

    @Test
    void nothingIsSaidOfAnElementThatAnotherHostStarted() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        executor().submit(submission);
        begun(submission, "elsewhere", "another-boot");
        assertThat(executor().observe(List.of(submission)).get(submission.element(0)))
                .isInstanceOf(Observation.NoAnswer.class);
    }

    @Test
    void aSubmissionWhoseAcceptanceCannotBeWrittenIsRefusedWithTheReason() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        Files.writeString(submission.folder().resolve("local"), "a file where the folder should be");
        assertThat(executor().submit(submission)).isInstanceOf(SubmissionOutcome.Rejected.class);
        assertThat(executor().find(submission)).isEqualTo(new SearchOutcome.Absent());
    }

    @Test
    void aSecondCopyOfTheScriptEndsAtOnceWithItsOwnCode() throws Exception {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        assertThat(runScript(submission, "0")).isZero();
        assertThat(runScript(submission, "0")).isEqualTo(73);
        assertThat(starts(submission)).hasSize(1);
    }

    @Test
    void aHigherRestartCountSupersedesALowerOne() throws Exception {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        assertThat(runScript(submission, "1")).isZero();
        assertThat(runScript(submission, "0")).isEqualTo(74);
        assertThat(runScript(submission, "2")).isZero();
        assertThat(starts(submission)).hasSize(2);
    }

    @Test
    void aSignalToTheScriptBecomesTheStopFileAndTheWorkersStatusIsKept() throws Exception {
        ArraySubmission submission = prepared(
                1, 1, "touch $submission/ready; while [ ! -e $attempt/stop ]; do sleep 0.05; done; sleep 0.2; exit 72");
        Process script = script(submission, "0").start();
        while (!Files.exists(submission.folder().resolve("ready"))) {
            Thread.onSpinWait();
        }
        script.destroy(); // TERM
        assertThat(script.waitFor()).isEqualTo(72);
    }

    @Test
    void theControllersEnvironmentDoesNotReachTheWorker() throws IOException {
        ArraySubmission submission = prepared(1, 1, "env > $submission/environment");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, ExecutorContract::allEnded);
        assertThat(Files.readAllLines(submission.folder().resolve("environment")))
                .contains("LC_ALL=C.UTF-8")
                .noneMatch(line -> line.startsWith("DJL_OFFLINE=")); // set by the build for its tests
        assertThat(System.getenv()).containsKey("DJL_OFFLINE");
    }

    @Test
    void theTimeLimitIsAnnouncedByTheStopFileAndAWorkerThatLeavesHasItsExitCode() throws IOException {
        ArraySubmission submission = within("0-00:00:20", "while [ ! -e $attempt/stop ]; do sleep 0.05; done; exit 72");
        Executor executor = executor();
        executor.submit(submission);
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.exitCode()).isEqualTo(OptionalInt.of(72));
        assertThat(ended.state()).isEqualTo(Observation.EndState.FAILED);
        assertThat(submission.stopFile(0)).content().startsWith("time-limit ");
    }

    @Test
    void aWorkerThatDoesNotLeaveIsEndedAtItsTimeLimitEvenWithoutAController() throws IOException {
        ArraySubmission submission = within("0-00:00:03", ENDLESS);
        Executor executor = executor();
        executor.submit(submission);
        executor.observe(List.of(submission));
        while (new ElementRecords(submission).find("end-0").isEmpty()) {
            pause(); // nobody observes
        }
        Observation.Ended ended = ended(executor().observe(List.of(submission)), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.TIME_LIMIT);
        assertThat(ElementProcesses.of(submission.element(0))).isEmpty();
        assertThat(submission.stopFile(0)).content().startsWith("time-limit ");
    }

    @Test
    void workThatEndsByItselfLeavesNothingOfItsTimeLimitBehind() throws IOException {
        ArraySubmission submission = within("7-00:00:00", "exit 0");
        Executor executor = executor();
        executor.submit(submission);
        assertThat(ended(await(executor, submission, ExecutorContract::allEnded), submission, 0)
                        .state())
                .isEqualTo(Observation.EndState.COMPLETED);
        long supervisor = Long.parseLong(record(submission, "begin-0").get("pid"));
        while (ProcessHandle.of(supervisor).isPresent()) {
            pause();
        }
        String folder = submission.folder().toString();
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(folder)))
                .isEmpty();
    }

    @Test
    void severalControllersOfAWorkspaceShareItsPlaces() throws IOException {
        String counted =
                "touch $submission/../now-${attempt//\\//-}; ls $submission/.. | grep -c ^now- >>$submission/../peak;"
                        + " sleep 0.3; rm $submission/../now-${attempt//\\//-}";
        ArraySubmission one = prepared(4, 4, counted);
        ArraySubmission other = prepared(4, 4, counted);
        Executor first = new LocalExecutor(2, Clock.systemUTC());
        Executor second = new LocalExecutor(2, Clock.systemUTC());
        first.submit(one);
        second.submit(other);
        boolean over = false;
        while (!over) {
            boolean firstIsDone = allEnded(first.observe(List.of(one)));
            over = allEnded(second.observe(List.of(other))) && firstIsDone;
            pause();
        }
        assertThat(Files.readAllLines(one.folder().resolveSibling("peak")))
                .hasSize(8)
                .allMatch(count -> Integer.parseInt(count) <= 2)
                .contains("2");
        assertThat(second.observe(List.of(other)).values())
                .allMatch(each ->
                        each instanceof Observation.Ended ended && ended.state() == Observation.EndState.COMPLETED);
    }

    /** One element with a time limit that no configuration may ask for: shorter than a minute. */
    private ArraySubmission within(String limit, String body) throws IOException {
        ArraySubmission submission = prepared(1, 1, body);
        String script = Files.readString(submission.script());
        assertThat(script).contains("#SBATCH --time=0-00:05:00\n");
        Files.writeString(submission.script(), script.replace("--time=0-00:05:00", "--time=" + limit));
        return submission;
    }

    @Test
    void noFileOfARunIsWritableByOthersWhateverTheUsersMaskIs() throws Exception {
        ArraySubmission submission =
                prepared(1, 1, "echo result >$submission/result; mkdir $submission/folder; exit 0");
        Process process = new ProcessBuilder(
                        "/bin/bash",
                        "-c",
                        "umask 000; SLURM_ARRAY_TASK_ID=0 exec /bin/bash \"$1\"",
                        "run",
                        submission.script().toString())
                .start();
        assertThat(process.waitFor()).isZero();
        ArraySubmission local = prepared(1, 1, "umask >$submission/mask");
        Executor executor = executor();
        executor.submit(local);
        await(executor, local, ExecutorContract::allEnded);
        assertThat(local.folder().resolve("mask")).content().startsWith("0022");
        for (String name :
                List.of("result", "folder", "ended", "ended/0-0", "attempts/0/claim-0", "attempts/0/run-0.log")) {
            assertThat(Files.getPosixFilePermissions(submission.folder().resolve(name)))
                    .as(name)
                    .doesNotContain(PosixFilePermission.OTHERS_WRITE, PosixFilePermission.GROUP_WRITE);
        }
    }

    @Test
    void linesOfTheWorkerStandInTheLogOfItsRun() throws IOException {
        ArraySubmission submission = prepared(1, 1, "echo hello from $index");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, ExecutorContract::allEnded);
        assertThat(submission.log(0, 0)).content().contains("hello from 0");
    }

    private Executor running(ArraySubmission submission) throws IOException {
        Executor executor = executor();
        executor.submit(submission);
        Path pid = submission.folder().resolve("pid");
        await(executor, submission, found -> {
            try {
                return Files.exists(pid) && !Files.readString(pid).isBlank();
            } catch (IOException e) {
                return false;
            }
        });
        return executor;
    }

    private static void begun(ArraySubmission submission, String host, String boot) throws IOException {
        new ElementRecords(submission)
                .create(
                        "begin-0",
                        Map.of("kind", "started", "host", host, "pid", 1, "start", 1, "boot", boot, "at", 1));
    }

    private static Map<String, String> record(ArraySubmission submission, String name) throws IOException {
        return new ElementRecords(submission).find(name).orElseThrow();
    }

    private static long claimedBy(ArraySubmission submission) throws IOException {
        return Files.readAllLines(submission.attempt(0).resolve("claim-0")).stream()
                .filter(line -> line.startsWith("pid="))
                .mapToLong(line -> Long.parseLong(line.substring(4)))
                .findFirst()
                .orElseThrow();
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private static int runScript(ArraySubmission submission, String restartCount) throws Exception {
        return script(submission, restartCount).start().waitFor();
    }

    private static ProcessBuilder script(ArraySubmission submission, String restartCount) {
        ProcessBuilder builder =
                new ProcessBuilder("/bin/bash", submission.script().toString());
        builder.environment().put("SLURM_ARRAY_TASK_ID", "0");
        builder.environment().put("SLURM_RESTART_COUNT", restartCount);
        builder.environment().put("MUGV_ELEMENT", ElementProcesses.marker(new ElementId(submission.token(), 0)));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        submission.folder().resolve("script.out").toFile()));
    }
}
