package dev.mugv.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Collectors;

/** Arrows between packages run one way; ARCHITECTURE.md draws them. */
@AnalyzeClasses(
        packages = "dev.mugv",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeFixtures.class})
class ArchitectureTest {
    /** The fixtures that steps shares as a jar of tests; a folder of tests is told by its name, a jar only by its own. */
    static final class DoNotIncludeFixtures implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String KERNELS = "dev.mugv.kernels..";
    private static final String MODEL = "dev.mugv.model..";
    private static final String SLURM = "dev.mugv.slurm..";
    private static final String STEPS = "dev.mugv.steps..";
    private static final String JOBS = "dev.mugv.jobs..";

    /** What workers and controller share; everything else of the model needs torch or FFmpeg. */
    private static final String[] SHARED = {
        "dev.mugv.model.run..", "dev.mugv.model.config..", "dev.mugv.model.format..", "dev.mugv.model.statistics.."
    };

    /** What a training draws, for the lineage of its checkpoints: pure functions over counter-based random numbers. */
    private static final String SAMPLING = "dev.mugv.model.sampling..";

    @ArchTest
    static final ArchRule kernelsKnowNobody = noClasses()
            .that()
            .resideInAPackage(KERNELS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MODEL, SLURM, STEPS, JOBS);

    @ArchTest
    static final ArchRule theModelKnowsOnlyKernels = noClasses()
            .that()
            .resideInAPackage(MODEL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SLURM, STEPS, JOBS);

    @ArchTest
    static final ArchRule whatSpeaksSlurmKnowsNobody = noClasses()
            .that()
            .resideInAPackage(SLURM)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KERNELS, MODEL, STEPS, JOBS);

    @ArchTest
    static final ArchRule stepsDoNotKnowJobs = noClasses()
            .that()
            .resideInAPackage(STEPS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(JOBS);

    @ArchTest
    static final ArchRule theControllerReadsOnlyWhatItSharesWithWorkers = noClasses()
            .that()
            .resideInAnyPackage(STEPS, JOBS)
            .should()
            .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(KERNELS, MODEL)
                    .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(SHARED)))
                    .and(DescribedPredicate.not(JavaClass.Predicates.resideInAPackage(SAMPLING))));

    @ArchTest
    static final ArchRule sharedFormatsNeedNoEngine = noClasses()
            .that()
            .resideInAnyPackage(SHARED)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl..", "org.bytedeco..", KERNELS);

    @ArchTest
    static final ArchRule whatIsDrawnNeedsNoEngine = noClasses()
            .that()
            .resideInAPackage(SAMPLING)
            .should()
            .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage("ai.djl..", "org.bytedeco..", MODEL)
                    .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(SHARED)))
                    .and(DescribedPredicate.not(JavaClass.Predicates.resideInAPackage(SAMPLING))));

    @ArchTest
    static final ArchRule workersKnowNeitherSpringNorDatabases = noClasses()
            .that()
            .resideInAnyPackage(KERNELS, MODEL, SLURM)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "org.springframework..", "org.postgresql..");

    @ArchTest
    static final ArchRule theApplicationDoesNotKnowTheCommandLine = noClasses()
            .that()
            .resideInAPackage("dev.mugv.jobs.batch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.mugv.jobs.cli..", "picocli..");

    @ArchTest
    static final ArchRule noPackageCycles =
            slices().matching("dev.mugv.(**)").should().beFreeOfCycles();

    @ArchTest
    static void everyPackageIsNullMarked(JavaClasses all) {
        List<String> unmarked = all.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(place -> !place.getClasses().isEmpty())
                .filter(place -> !place.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                .map(JavaPackage::getName)
                .sorted()
                .collect(Collectors.toList());
        assertThat(unmarked).as("packages without @NullMarked").isEmpty();
    }

    @ArchTest
    static void everyModuleIsLookedAt(JavaClasses all) {
        for (String module : List.of(KERNELS, MODEL, SLURM, STEPS, JOBS)) {
            String root = module.substring(0, module.length() - 2);
            assertThat(all.stream().anyMatch(type -> type.getPackageName().startsWith(root)))
                    .as(module)
                    .isTrue();
        }
    }
}
