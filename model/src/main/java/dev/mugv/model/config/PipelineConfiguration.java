package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that a user decides about a run, from raw videos to the evaluated model; one YAML file.
 *
 * @param name name of the run: the same name and workspace go on where they were
 * @param workspace root of shared storage, where artifacts, logs and the report lie
 * @param executor what runs the work orders
 * @param local the local executor's limits; threads count for every executor
 * @param slurm how work is given to Slurm
 * @param parallel how a training is shared by ranks
 * @param training how trainings run and are watched, whatever they train
 * @param database the controller's database
 * @param videos the user's videos
 * @param curation how clips are cut, measured, chosen and described
 * @param text text encoder
 * @param vae video autoencoder
 * @param encode encoding of clips into latents
 * @param model size of the diffusion transformer
 * @param pretrain curriculum
 * @param finetune supervised finetuning
 * @param align preference alignment
 * @param evaluate evaluation
 */
public record PipelineConfiguration(
        String name,
        Path workspace,
        @Default("local") ExecutorKind executor,
        LocalExecution local,
        SlurmExecution slurm,
        ParallelConfiguration parallel,
        TrainingConfiguration training,
        DatabaseConfiguration database,
        VideoSources videos,
        CurationConfiguration curation,
        TextConfiguration text,
        VaeConfiguration vae,
        EncodingConfiguration encode,
        ModelConfiguration model,
        PretrainingConfiguration pretrain,
        FinetuningConfiguration finetune,
        AlignmentConfiguration align,
        EvaluationConfiguration evaluate) {
    public PipelineConfiguration {
        new Faults()
                .require(
                        name.matches("[a-z][a-z0-9-]{0,59}"),
                        "name",
                        "expected up to 60 lower-case letters, digits and hyphens, a letter first, found '" + name
                                + "'")
                .throwIfAny();
        // Apart, so that a reader of files hears of a wrong name even where a section could not be read.
        new Faults()
                .require(
                        haveDistinctNames(pretrain, finetune, align),
                        "",
                        "expected every stage of pretrain, finetune and align under a name of its own")
                .throwIfAny();
        requireStart(model, pretrain);
        boolean sent = executor == ExecutorKind.SLURM && slurm.storage().isPresent();
        new Faults()
                .require(
                        !sent || text.folder().isEmpty(),
                        "text",
                        "expected no 'text.folder' beside 'slurm.ssh.storage', as folders of weights are not sent, found '"
                                + text.folder().orElse(Path.of("")) + "'")
                .require(
                        !sent || curation.models().areNone(),
                        "curation",
                        "expected no 'curation.models' beside 'slurm.ssh.storage', as they are not sent")
                .require(
                        !sent || curation.aestheticModel().isEmpty(),
                        "curation",
                        "expected no 'curation.aesthetic-model' beside 'slurm.ssh.storage', as it is not sent, found '"
                                + curation.aestheticModel().orElse(Path.of("")) + "'")
                .throwIfAny();
        requireDivides(parallel.model(), sizes(model, text, pretrain), shapes(pretrain, finetune, align));
        // A VideoVAE is trained on clips of videos, which imported latents have none of.
        new Faults()
                .require(
                        encode.imported().isEmpty() || vae.weights().isPresent(),
                        "encode.imported",
                        "expected 'vae.weights' beside it, the VideoVAE that encoded the imported latents, found none")
                .throwIfAny();
    }

    /** Size of the proxy model, which the curriculum starts with; without one, the full size. */
    public DitSize proxySize() {
        return new DitSize(
                model.proxyWidth().orElse(model.fullWidth()), model.layers(), text.width(), text.maxTokens());
    }

    /** Size of the final model. */
    public DitSize fullSize() {
        return new DitSize(model.fullWidth(), model.layers(), text.width(), text.maxTokens());
    }

    /** The same run elsewhere. */
    public PipelineConfiguration withWorkspace(Path other) {
        return new PipelineConfiguration(
                name, other, executor, local, slurm, parallel, training, database, videos, curation, text, vae, encode,
                model, pretrain, finetune, align, evaluate);
    }

    /** What the first stage starts from must be there, and of one of the two sizes. */
    private static void requireStart(ModelConfiguration model, PretrainingConfiguration pretrain) {
        boolean given = model.weights().isPresent();
        boolean proxy = !pretrain.proxy().isEmpty();
        new Faults()
                .require(
                        proxy || given,
                        "pretrain",
                        "expected a stage under 'proxy', or 'model.weights' to start the full model from, found"
                                + " neither")
                .require(
                        !proxy || !pretrain.full().isEmpty(),
                        "pretrain",
                        "expected a stage under 'full' to train the widened model, found none")
                .require(
                        proxy == model.proxyWidth().isPresent(),
                        "model",
                        proxy
                                ? "expected 'proxy-width', since 'pretrain.proxy' has stages, found none"
                                : "expected no 'proxy-width', since 'pretrain.proxy' has no stages, found "
                                        + model.proxyWidth().orElse(0))
                .throwIfAny();
    }

    /** Sizes that are trained, which are those of the two models. */
    private static List<DitSize> sizes(
            ModelConfiguration model, TextConfiguration text, PretrainingConfiguration pretrain) {
        return Stream.concat(
                        pretrain.proxy().isEmpty() ? Stream.empty() : model.proxyWidth().stream(),
                        Stream.of(model.fullWidth()))
                .map(width -> new DitSize(width, model.layers(), text.width(), text.maxTokens()))
                .distinct()
                .toList();
    }

    /** Shapes of samples that a model is trained on, of images too where a stage has them. */
    private static List<VideoShape> shapes(
            PretrainingConfiguration pretrain, FinetuningConfiguration finetune, AlignmentConfiguration align) {
        Stream<VideoShape> staged = Stream.of(
                        pretrain.proxy().stream(), pretrain.full().stream(), Stream.of(finetune.stage()))
                .flatMap(stages -> stages)
                .flatMap(stage -> stage.phases().stream()
                        .map(ShapePhase::shape)
                        .flatMap(shape -> stage.imageShareStart() > 0 || stage.imageShareEnd() > 0
                                ? Stream.of(shape, shape.image())
                                : Stream.of(shape)));
        return Stream.concat(staged, Stream.of(align.shape())).distinct().toList();
    }

    /** A layout that divides no model is refused before anything is submitted. */
    private static void requireDivides(Layout layout, List<DitSize> sizes, List<VideoShape> shapes) {
        Faults faults = new Faults();
        sizes.forEach(size -> layout.obstacle(size)
                .ifPresent(obstacle -> faults.require(
                        false,
                        "parallel",
                        "expected a model of width %d that divides, but %s".formatted(size.width(), obstacle))));
        shapes.forEach(shape -> layout.obstacle(shape)
                .ifPresent(
                        obstacle -> faults.require(false, "parallel", "expected shapes that divide, but " + obstacle)));
        faults.throwIfAny();
    }

    /** Another run, in a place of its own, with the same executor and database. */
    public PipelineConfiguration withIdentity(String otherName, Path otherWorkspace) {
        return new PipelineConfiguration(
                otherName,
                otherWorkspace,
                executor,
                local,
                slurm,
                parallel,
                training,
                database,
                videos,
                curation,
                text,
                vae,
                encode,
                model,
                pretrain,
                finetune,
                align,
                evaluate);
    }

    /** The same run with other wishes to Slurm. */
    public PipelineConfiguration withSlurm(SlurmExecution other) {
        return new PipelineConfiguration(
                name, workspace, executor, local, other, parallel, training, database, videos, curation, text, vae,
                encode, model, pretrain, finetune, align, evaluate);
    }

    private static boolean haveDistinctNames(
            PretrainingConfiguration pretrain, FinetuningConfiguration finetune, AlignmentConfiguration align) {
        List<String> names = Stream.of(
                        pretrain.proxy().stream().map(TrainingStage::name),
                        pretrain.full().stream().map(TrainingStage::name),
                        Stream.of(finetune.stage().name()),
                        align.stages().stream().map(PreferenceTraining::name))
                .flatMap(stages -> stages)
                .toList();
        Set<String> distinct = new HashSet<>(names);
        return distinct.size() == names.size();
    }
}
