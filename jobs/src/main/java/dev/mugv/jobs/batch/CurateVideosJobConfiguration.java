package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.steps.curation.CaptionClipsPlanner;
import dev.mugv.steps.curation.CaptionRecorder;
import dev.mugv.steps.curation.CheckFiltersPlanner;
import dev.mugv.steps.curation.ClipDeciding;
import dev.mugv.steps.curation.ClipReview;
import dev.mugv.steps.curation.CompareClipsPlanner;
import dev.mugv.steps.curation.CurateVideosPlanner;
import dev.mugv.steps.curation.CuratedVideoRecorder;
import dev.mugv.steps.curation.DuplicateRecorder;
import dev.mugv.steps.curation.FilterChecksRecorder;
import dev.mugv.steps.curation.FilterJudgement;
import dev.mugv.steps.curation.SelectionRules;
import dev.mugv.steps.curation.VideoScreening;
import dev.mugv.steps.training.EncodeLatentsPlanner;
import dev.mugv.steps.work.Tolerance;
import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code curate-videos}: from the user's folder to decided, described and weighted clips. */
@Configuration(proxyBeanMethods = false)
class CurateVideosJobConfiguration {
    static final String JOB = "curate-videos";

    @Bean
    StepSequence curationSteps(
            PipelineConfiguration configuration,
            RunIdentity identity,
            PipelineCatalogs catalogs,
            ClipDeciding deciding,
            StepFactory steps) {
        String run = catalogs.run();
        VideoScreening screening = new VideoScreening(configuration.videos(), identity.workspace(), catalogs.videos());
        FilterJudgement judgement =
                new FilterJudgement(configuration.curation().planted().floors(), catalogs.stages(), catalogs.store());
        return new StepSequence(
                JOB,
                List.of(
                        steps.control(VideoScreening.STEP, () -> screening.scan(run)),
                        steps.work(
                                CurateVideosPlanner.STEP,
                                new CurateVideosPlanner(
                                        run,
                                        configuration.curation(),
                                        new CurateVideosPlanner.Catalogs(catalogs.videos(), catalogs.stages()),
                                        catalogs.links(),
                                        catalogs.arrayElement()),
                                new CuratedVideoRecorder(run, catalogs.videos(), catalogs.clips(), catalogs.stages()),
                                Tolerance.BAD_INPUT),
                        steps.work(
                                CompareClipsPlanner.STEP,
                                new CompareClipsPlanner(
                                        run, configuration.curation(), catalogs.stages(), catalogs.arrayElement()),
                                new DuplicateRecorder(run, catalogs.decisions(), catalogs.stages())),
                        steps.work(
                                CheckFiltersPlanner.STEP,
                                new CheckFiltersPlanner(
                                        run,
                                        configuration.curation(),
                                        new CheckFiltersPlanner.Catalogs(
                                                catalogs.videos(), catalogs.clips(), catalogs.stages()),
                                        catalogs.links(),
                                        catalogs.arrayElement()),
                                new FilterChecksRecorder(run, catalogs.stages())),
                        steps.control(FilterJudgement.STEP, () -> {}, () -> judgement.require(run)),
                        steps.control(
                                ClipDeciding.FILTER_STEP,
                                () -> deciding.filter(run),
                                () -> deciding.requireEnough(run)),
                        steps.work(
                                CaptionClipsPlanner.STEP,
                                new CaptionClipsPlanner(
                                        run,
                                        configuration.curation().captioner(),
                                        new CaptionClipsPlanner.Catalogs(
                                                catalogs.videos(), catalogs.decisions(), catalogs.stages()),
                                        deciding,
                                        catalogs.arrayElement()),
                                new CaptionRecorder(run, catalogs.decisions(), catalogs.stages())),
                        steps.control(ClipDeciding.BALANCE_STEP, () -> deciding.balance(run))));
    }

    @Bean
    ClipDeciding clipDeciding(PipelineConfiguration configuration, PipelineCatalogs catalogs, People people) {
        return new ClipDeciding(
                catalogs.videos(),
                catalogs.clips(),
                catalogs.decisions(),
                rules(configuration),
                new ClipReview(
                        people.requests(),
                        people.sources(),
                        configuration.finetune().review()));
    }

    private static SelectionRules rules(PipelineConfiguration configuration) {
        double longest = EncodeLatentsPlanner.shapes(configuration).stream()
                .mapToDouble(CurateVideosJobConfiguration::seconds)
                .max()
                .orElse(0);
        return new SelectionRules(
                configuration.curation().filters().byScore(),
                configuration.curation().balancing().power(),
                configuration.evaluate().heldOutShare(),
                longest,
                configuration.finetune().share(),
                configuration.finetune().groups(),
                configuration.curation().seed());
    }

    private static double seconds(VideoShape shape) {
        return shape.frames() / shape.fps();
    }

    @Bean
    Job curateVideos(StepSequence curationSteps, JobRepository repository) {
        return curationSteps.build(repository);
    }
}
