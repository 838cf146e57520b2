package io.babble.job;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** The same with Kafka's own image; skipped where there is no Docker engine or no such image. */
@Tag("docker")
class PipelineOnDockerIT extends PipelineIT {
    @Override
    TestKafka kafka(Path folder) {
        return TestKafka.inContainer();
    }
}
