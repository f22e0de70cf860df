package dev.mugv.steps.work;

import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.slurm.executor.NodeStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The product's worker: {@code model.worker.WorkerMain} in a JVM of its own. */
public final class JavaWorkerProgram implements WorkerProgram {
    private static final String MAIN = "dev.mugv.model.worker.WorkerMain";

    private final Path java;
    private final String classPath;
    private final Path workspace;
    private final List<NodeStorage.Content> files;
    private final CodeVersion codeVersion = new CodeVersion();

    /**
     * @param java the executable, as nodes see it
     * @param classPath the workers' own, with torch and FFmpeg
     * @param workspace where workers run, so that the relative paths in work orders hold wherever it is mounted
     */
    public JavaWorkerProgram(Path java, String classPath, Path workspace) {
        this(java, classPath, workspace, List.of());
    }

    private JavaWorkerProgram(Path java, String classPath, Path workspace, List<NodeStorage.Content> files) {
        this.files = List.copyOf(files);
        this.workspace = workspace;
        this.java = java;
        this.classPath = classPath;
    }

    /**
     * The same for nodes that see nothing of this machine: jars are sent as {@code programs/<sha256>/<name>} of the workspace.
     *
     * @param java the executable, as nodes call it
     * @param classPath as this machine has it
     * @param workspace the controller's
     */
    public static JavaWorkerProgram sent(Path java, String classPath, Path workspace, NodeStorage storage) {
        List<NodeStorage.Content> jars = new ArrayList<>();
        for (String each : classPath.split(":")) {
            Path jar = Path.of(each);
            String sha256 = Sha256.ofFile(jar);
            jars.add(new NodeStorage.Content(
                    jar, workspace.resolve("programs").resolve(sha256).resolve(jar.getFileName()), sha256));
        }
        String there = jars.stream()
                .map(jar -> storage.seenByNodes(jar.target()).toString())
                .collect(Collectors.joining(":"));
        return new JavaWorkerProgram(java, there, storage.seenByNodes(workspace), jars);
    }

    @Override
    public List<NodeStorage.Content> files() {
        return files;
    }

    /** Half of the memory is heap: torch's tensors and FFmpeg's frames live outside it. */
    @Override
    public List<String> command(WorkResources resources) {
        return List.of(
                "env",
                "--chdir=" + workspace,
                java.toString(),
                "-Xmx" + Math.max(64, resources.memoryMebibytes() / 2) + "m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Dfile.encoding=UTF-8",
                "-Dai.djl.pytorch.num_threads=" + resources.threads(),
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
                "-Dorg.slf4j.simpleLogger.log.ai.djl=warn",
                "-cp",
                classPath,
                MAIN);
    }

    /**
     * Passive waiting: on a busy machine two OpenMP threads need 530 ms for what takes 99 ms alone, and 231 ms with it.
     * MKL's reproducible mode: without it, sums depend on how memory happens to be aligned (oneMKL guide, conditional
     * numerical reproducibility). Huge pages for what malloc hands out: products over large tensors miss the TLB less, which
     * makes a pass of the transformer about a twentieth faster.
     */
    @Override
    public SortedMap<String, String> environment(WorkResources resources) {
        return new TreeMap<>(Map.of(
                "DJL_OFFLINE", "true",
                "OPT_OUT_TRACKING", "true",
                "OMP_NUM_THREADS", Integer.toString(resources.threads()),
                "OMP_WAIT_POLICY", "passive",
                "MKL_CBWR", "AUTO",
                "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1",
                "LC_ALL", "C.UTF-8"));
    }

    @Override
    public String codeVersion(TaskKind task) {
        return codeVersion.of(task);
    }
}
