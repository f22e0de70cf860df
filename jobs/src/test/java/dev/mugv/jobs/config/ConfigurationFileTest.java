package dev.mugv.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.Batching;
import dev.mugv.model.config.CaptionerConfiguration;
import dev.mugv.model.config.ExecutorKind;
import dev.mugv.model.config.Layout;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.run.WorkFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
    private static final String SMALLEST = """
            name: cats
            workspace: out
            videos:
              folder: films
              screening: films/screening.csv
            vae:
              size:
              training: {shape: {width: 32, height: 32, frames: 8, fps: 8}, updates: 10}
            model: {proxy-width: 72, full-width: 144, layers: 2}
            pretrain:
              proxy:
                - name: images
                  updates: 10
                  phases: [{until: 1, shape: {width: 32, height: 32, frames: 8, fps: 8}}]
              full:
                - name: wide
                  updates: 10
                  phases: [{until: 1, shape: {width: 32, height: 32, frames: 8, fps: 8}}]
            finetune:
              stage:
                name: best
                updates: 10
                phases: [{until: 1, shape: {width: 32, height: 32, frames: 8, fps: 8}}]
            align:
              shape: {width: 32, height: 32, frames: 8, fps: 8}
              stages:
                - {name: pairs, loss: dpo, updates: 10, beta: 100}
            evaluate:
              shape: {width: 32, height: 32, frames: 8, fps: 8}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void putVideosThere() throws Exception {
        Files.createDirectories(folder.resolve("films"));
        Files.writeString(folder.resolve("films/screening.csv"), "file,source,licence,consent,allowed-use\n");
    }

    @Test
    void whatAUserNeedNotSayHasItsDefault() throws Exception {
        PipelineConfiguration read = read(SMALLEST);
        assertThat(read.workspace()).isEqualTo(folder.resolve("out"));
        assertThat(read.videos().folder()).isEqualTo(folder.resolve("films"));
        assertThat(read.executor()).isEqualTo(ExecutorKind.LOCAL);
        assertThat(read.curation().clipLength().min()).isEqualTo(Duration.ofSeconds(2));
        assertThat(read.curation().captioner()).isEqualTo(new CaptionerConfiguration.Describer());
        assertThat(read.curation().filters().byScore()).isEmpty();
        assertThat(read.vae().size().blockOutChannels()).containsExactly(128, 256, 512, 512);
        assertThat(read.pretrain().proxy().get(0).optimizer().beta1()).isEqualTo(0.9);
        assertThat(read.database().url()).isEmpty();
    }

    @Test
    void aPhaseTakesSeveralShapesAndAStageTheTableOfMeasuredCosts() throws Exception {
        String mixed = SMALLEST.replace("""
                    - name: wide
                      updates: 10
                      phases: [{until: 1, shape: {width: 32, height: 32, frames: 8, fps: 8}}]
                """, """
                    - name: wide
                      updates: 10
                      image-share-start: 0
                      image-share-end: 0
                      phases:
                        - until: 1
                          shape: {width: 32, height: 32, frames: 8, fps: 8}
                          also: [{share: 0.25, shape: {width: 64, height: 32, frames: 16, fps: 8}}]
                      batching:
                        order: epochs
                        costs:
                          - {shape: {width: 32, height: 32, frames: 8, fps: 8.0}, seconds: 0.01234}
                          - {shape: {width: 64, height: 32, frames: 16, fps: 8.0}, seconds: 0.04321}
                """);
        TrainingStage wide = read(mixed).pretrain().full().get(0);
        assertThat(wide.batching().order()).isEqualTo(Batching.Order.EPOCHS);
        assertThat(wide.shapes())
                .hasSize(2)
                .allSatisfy(shape -> assertThat(wide.batching().cost(shape)).isPresent());
        assertThat(read(SMALLEST).pretrain().full().get(0).batching()).isEqualTo(Batching.DRAWS);
    }

    @Test
    void aNameUnderSlurmStepsThatIsNoStepIsReportedWithTheNearest() throws Exception {
        String slurm = SMALLEST + """
                slurm:
                  steps:
                    - {name: "pretrain-*", cpus: 2}
                    - {name: encode-latent, cpus: 2}
                    - {name: pretrain-wide, nodes: 1}
                    - {name: "nothing-*", cpus: 2}
                """;
        assertThatThrownBy(() -> read(slurm))
                .hasMessageContaining(
                        "slurm.steps[1].name: no step is called 'encode-latent', did you mean 'encode-latents'?")
                .hasMessageContaining(
                        "slurm.steps[3].name: no step is called 'nothing-*', expected one of curate-videos,")
                .hasMessageContaining("found 2.")
                .hasMessageContaining(
                        "line %d, slurm.steps[1]".formatted(SMALLEST.lines().count() + 4));
    }

    @Test
    void whatIsNotSentToAClusterWithItsOwnStorageIsRefusedByName() throws Exception {
        String slurm = SMALLEST + """
                executor: slurm
                slurm:
                  ssh: {host: login, user: me, storage: {workspace: /scratch/me/run}}
                """;
        PipelineConfiguration read = read(slurm);
        assertThat(read.slurm().storage().orElseThrow().workspace()).isEqualTo("/scratch/me/run");
        assertThat(read.slurm().storage().orElseThrow().java()).isEqualTo("java");
        Files.createDirectories(folder.resolve("t5"));
        assertThatThrownBy(() -> read(slurm + "text: {folder: t5, width: 512}\n"))
                .hasMessageContaining("expected no 'text.folder' beside 'slurm.ssh.storage'");
        Files.createFile(folder.resolve("taste.pt"));
        assertThatThrownBy(() -> read(slurm + "curation: {aesthetic-model: taste.pt}\n"))
                .hasMessageContaining("expected no 'curation.aesthetic-model' beside 'slurm.ssh.storage'");
        assertThatThrownBy(() -> read(slurm.replace("/scratch/me/run", "scratch")))
                .hasMessageContaining("expected an absolute path on the cluster, found 'scratch'");
    }

    @Test
    void everyFaultIsReportedAtOnceWithItsPlace() {
        String faulty = SMALLEST.replace("name: cats", "name: My Cats")
                .replace("  folder: films\n", "  foldr: films\n")
                .replace("model: {proxy-width: 72, full-width: 144, layers: 2}", """
                        curation:
                          clip-length: {min: 5s, max: 2s}
                          filters:
                            sharpness: {min: 9, max: 3}
                            motion: {min: slow, max: 20}
                          captioner: {kind: endpoint, url: "ftp://x", model: m, frames: 99}
                        executor: cloud
                        model: {proxy-width: 70, full-width: 144, layers: 2, layers: 3}
                        """)
                .replace("loss: dpo, updates: 10, beta: 100", "loss: dpo, updates: none, beta: -1")
                .replace("updates: 10}\n", "updates: 0, batch: 0, optimizer: {learning-rate: 7}}\n");
        assertThatThrownBy(() -> read(faulty)).isInstanceOf(WorkFailure.class).hasMessage("""
                Cannot use the configuration '%s': expected no fault, found 17.
                  line 1, name: expected up to 60 lower-case letters, digits and hyphens, a letter first, found 'My Cats'
                  line 4, videos.foldr: unknown key, did you mean 'folder'?
                  line 4, videos.folder: expected a path, found nothing
                  line 8, vae.training.optimizer.learning-rate: expected above 0 and up to 1, found 7.0
                  line 8, vae.training.updates: expected at least 1, found 0
                  line 8, vae.training.batch: expected at least 1, found 0
                  line 10, curation.clip-length.min: expected min <= max, found min 5000ms and max 2000ms
                  line 12, curation.filters.sharpness.min: expected min <= max, found min 9.0 and max 3.0
                  line 13, curation.filters.motion.min: expected a number, found 'slow'
                  line 14, curation.captioner.url: expected an http or https address, found 'ftp://x'
                  line 14, curation.captioner.frames: expected 1 to 16, found 99
                  line 15, executor: expected one of local, slurm, found 'cloud'
                  line 16, model.layers: expected once, found twice
                  line 16, model.proxy-width: expected a multiple of 72, found 70
                  line 16, model.full-width: expected at least twice the proxy's 70 and a multiple of it, found 144
                  line 35, align.stages[0].updates: expected a whole number, found 'none'
                  line 35, align.stages[0].beta: expected above 0, found -1.0
                Correct the file; 'mugv config check' tries it without running anything.\
                """.formatted(
                        folder.resolve("run.yaml")));
    }

    @Test
    void givenWeightsOfTheFullModelNeedNoProxyAndNoPretraining() throws Exception {
        Files.writeString(folder.resolve("dit.pt"), "");
        PipelineConfiguration read = read(startingFrom("{weights: dit.pt, full-width: 144, layers: 2}"));
        assertThat(read.model().weights()).contains(folder.resolve("dit.pt"));
        assertThat(read.pretrain().full()).isEmpty();
        assertThat(read.proxySize()).isEqualTo(read.fullSize());
        assertThat(read.model().expansionFactor()).isEqualTo(1);
    }

    @Test
    void aCurriculumWithoutAnythingToStartFromIsRefused() {
        assertThatThrownBy(() -> read(startingFrom("{full-width: 144, layers: 2}")))
                .hasMessageContaining(
                        "expected a stage under 'proxy', or 'model.weights' to start the full model from, found neither");
        assertThatThrownBy(() -> read(startingFrom("{proxy-width: 72, full-width: 144, layers: 2}")))
                .hasMessageContaining("expected no 'proxy-width', since 'pretrain.proxy' has no stages, found 72");
        assertThatThrownBy(() -> read(SMALLEST.replace("proxy-width: 72, ", "")))
                .hasMessageContaining("expected 'proxy-width', since 'pretrain.proxy' has stages, found none");
    }

    @Test
    void aLayoutThatDoesNotDivideIsRefusedBeforeAnythingIsSubmitted() throws Exception {
        assertThat(read(SMALLEST + "parallel: {pipeline: 2}\n").parallel().model())
                .isEqualTo(new Layout(1, 2, 1));
        assertThatThrownBy(() -> read(SMALLEST + "parallel: {tensor: 2, pipeline: 3}\n"))
                .hasMessageContaining(
                        "expected a model of width 72 that divides, but its 1 heads cannot be shared out equally among 2 ranks."
                                + " Choose a 'tensor' that divides 1")
                .hasMessageContaining(
                        "expected a model of width 144 that divides, but its 2 blocks cannot be shared out equally among 3 stages."
                                + " Choose a 'pipeline' that divides 2");
        assertThatThrownBy(() -> read(SMALLEST.replace("width: 144", "width: 360") + "parallel: {tensor: 5}\n"))
                .hasMessageContaining("tokens of a sample of shape");
    }

    /** Without stages of pretraining. */
    private static String startingFrom(String model) {
        String before = SMALLEST.substring(0, SMALLEST.indexOf("model: {"));
        return before + "model: " + model + "\npretrain: {}\n" + SMALLEST.substring(SMALLEST.indexOf("finetune:"));
    }

    @Test
    void anUnknownKeyThatResemblesNothingIsAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> read(SMALLEST + "zzzzzzzz: 1\n"))
                .hasMessageContaining("line 30, zzzzzzzz: unknown key, expected one of name, workspace, executor, ");
    }

    @Test
    void whatDoesNotExistIsAFaultOnlyBeforeWork() throws Exception {
        Files.delete(folder.resolve("films/screening.csv"));
        assertThatThrownBy(() -> read(SMALLEST))
                .hasMessageContaining("line 5, videos.screening: expected a readable file, found nothing at '"
                        + folder.resolve("films/screening.csv") + "'");
        assertThat(ConfigurationFile.read(folder.resolve("run.yaml"), PathCheck.SKIPPED)
                        .name())
                .isEqualTo("cats");
    }

    @Test
    void refusesWhatIsNoYaml() {
        assertThatThrownBy(() -> read("name: [a\nworkspace: b\n"))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("line 2: expected YAML, found: ");
    }

    @Test
    void refusesAnEmptyFileNamingWhatItLacks() {
        assertThatThrownBy(() -> read(""))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("line 1, name: expected text, found nothing")
                .hasMessageContaining("line 1, finetune: expected a section of keys, found nothing");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        Path absent = folder.resolve("no.yaml");
        assertThatThrownBy(() -> ConfigurationFile.read(absent, PathCheck.REQUIRED))
                .hasMessage("Cannot read the configuration '%s': expected a file, found nothing there. Name a file with"
                                .formatted(absent)
                        + " --config.");
    }

    @Test
    void refusesBytesThatAreNoText() throws Exception {
        Path file = Files.write(folder.resolve("run.yaml"), "name: caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ConfigurationFile.read(file, PathCheck.REQUIRED))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected UTF-8 text");
    }

    @Test
    void aFaultThatOnlyAStandInCausesIsNotReported() {
        String noMax = SMALLEST + "curation: {filters: {motion: {min: 5}}}\n";
        assertThatThrownBy(() -> read(noMax))
                .hasMessageContaining("found 1.")
                .hasMessageContaining("line 30, curation.filters.motion.max: expected a number, found nothing");
    }

    private PipelineConfiguration read(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("run.yaml"), yaml);
        return ConfigurationFile.read(file, PathCheck.REQUIRED);
    }
}
