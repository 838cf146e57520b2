package io.babble.job;

import static io.babble.job.TestSettings.small;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.job.options.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a savepoint relies on. The uids here may be added to, but a changed one loses its operator's state. */
class TopologyTest {
    private static final int PARALLELISM = 3;

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void everyOperatorHasAFixedUid(String delivery) {
        assertThat(operators(small("delivery", delivery)))
                .extracting(StreamNode::getTransformationUID)
                .containsExactlyInAnyOrder(
                        "text",
                        "read-text",
                        "prompts",
                        "read-prompts",
                        "learn",
                        "write",
                        "reports",
                        "Sink Committer: reports",
                        "samples",
                        "Sink Committer: samples",
                        "dead-letters",
                        "Sink Committer: dead-letters");
    }

    @Test
    void onlyTheLearnerAndItsReportsAreAlone() {
        List<String> alone = new ArrayList<>();
        for (StreamNode operator : operators(small())) {
            if (operator.getParallelism() == 1) {
                alone.add(operator.getTransformationUID());
            } else {
                assertThat(operator.getParallelism())
                        .as(operator.getOperatorName())
                        .isEqualTo(PARALLELISM);
            }
        }

        assertThat(alone).containsExactlyInAnyOrder("learn", "reports", "Sink Committer: reports");
    }

    @Test
    void everySavepointFitsEveryParallelismThatAJobCanHave() {
        for (int parallelism : List.of(1, 100, 128)) {
            assertThat(defined(small(), parallelism)
                            .getStreamGraph()
                            .getJobGraph()
                            .getVertices())
                    .allSatisfy(vertex -> assertThat(vertex.getMaxParallelism()).isEqualTo(128));
        }
        assertThatThrownBy(() -> defined(small(), 129))
                .hasMessage("The parallelism is 129, but a job can have at most 128: lower parallelism.default");
    }

    @Test
    void nothingTravelsWithKryo() {
        StreamExecutionEnvironment env = defined(small(), PARALLELISM);

        assertThat(env.getConfig().getSerializerConfig().hasGenericTypesDisabled())
                .isTrue();
        assertThat(env.getStreamGraph().getJobGraph().getVertices()).isNotEmpty();
    }

    /** Flink sends it to the cluster and stores it. */
    @Test
    void theJobContainsNoSecretOfKafka(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("client.properties"), "ssl.key.password=hunter2\nssl.keystore.location=/keys\n");

        byte[] job = InstantiationUtil.serializeObject(defined(small("kafka-config", file.toString()), PARALLELISM)
                .getStreamGraph()
                .getJobGraph());

        assertThat(new String(job, ISO_8859_1))
                .contains("ssl.keystore.location", "/keys", "${file:" + file + ":ssl.key.password}")
                .doesNotContain("hunter2");
    }

    private static Collection<StreamNode> operators(Settings settings) {
        return defined(settings, PARALLELISM).getStreamGraph().getStreamNodes();
    }

    private static StreamExecutionEnvironment defined(Settings settings, int parallelism) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(parallelism);
        BabbleJob.onKafka(env, settings);
        return env;
    }
}
