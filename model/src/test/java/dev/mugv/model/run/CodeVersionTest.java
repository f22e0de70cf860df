package dev.mugv.model.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CodeVersionTest {
    private static final String CONFIGURATION = "dev.mugv.model.config.TrainingStage";

    @Test
    void aClassThatIsReachedChangesTheVersion() {
        String before = new CodeVersion().of(CONFIGURATION);
        String after = new CodeVersion(changing("dev/mugv/model/config/VideoShape.class")).of(CONFIGURATION);
        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void aClassThatIsNotReachedDoesNot() {
        String before = new CodeVersion().of("dev.mugv.model.config.VideoShape");
        String after = new CodeVersion(changing("dev/mugv/model/config/PreferenceTraining.class"))
                .of("dev.mugv.model.config.VideoShape");
        assertThat(after).isEqualTo(before);
    }

    @Test
    void theVersionsOfTheLibrariesArePartOfIt() {
        String before = new CodeVersion().of(CONFIGURATION);
        String after = new CodeVersion(changing("dev/mugv/model/run/libraries.properties")).of(CONFIGURATION);
        assertThat(after).isNotEqualTo(before);
        assertThat(new String(new CodeVersion().closure(CONFIGURATION).get("dev/mugv/model/run/libraries.properties")))
                .doesNotContain("@")
                .contains("djl=0.");
    }

    @Test
    void namesTheClassOfEachTask() {
        assertThat(CodeVersion.taskClassName(TaskKind.CURATE_VIDEO))
                .isEqualTo("dev.mugv.model.worker.task.CurateVideoTask");
    }

    /** An independent reader of class files (ArchUnit) finds no dependency that the version does not cover. */
    @Test
    void coversEveryDependencyThatArchUnitSees() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.mugv.model", "dev.mugv.kernels");
        List<String> roots = new ArrayList<>(List.of(CONFIGURATION));
        Arrays.stream(TaskKind.values())
                .map(CodeVersion::taskClassName)
                .filter(classes::contain)
                .forEach(roots::add);
        for (String root : roots) {
            Set<String> seen = classes.get(root).getTransitiveDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getName().startsWith("dev.mugv."))
                    .filter(target -> !isCarrier(target))
                    .map(target -> target.getName().replace('.', '/') + ".class")
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(new CodeVersion().closure(root).keySet()).as(root).containsAll(seen);
        }
    }

    @Test
    void aTrainingIsNotMadeStaleByTheReportAndTheEvaluation() {
        assertThat(new CodeVersion()
                        .closure(CodeVersion.taskClassName(TaskKind.TRAIN_MODEL))
                        .keySet())
                .isNotEmpty()
                .noneMatch(name -> name.contains("Evaluat") || name.contains("/curation/") || name.contains("/media/"));
    }

    private static boolean isCarrier(JavaClass target) {
        return target.getPackageName().equals("dev.mugv.model.run")
                || target.getPackageName().equals("dev.mugv.model.worker");
    }

    private static ClassLoader changing(String name) {
        return new ClassLoader(CodeVersion.class.getClassLoader()) {
            @Override
            public InputStream getResourceAsStream(String resource) {
                InputStream content = super.getResourceAsStream(resource);
                if (!resource.equals(name) || content == null) {
                    return content;
                }
                try (content) {
                    byte[] bytes = content.readAllBytes();
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                    return new ByteArrayInputStream(longer);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        };
    }
}
