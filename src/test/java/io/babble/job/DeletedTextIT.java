package io.babble.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletedTextIT {
    private static final byte[] TEXT = new byte[100];

    @TempDir
    Path folder;

    @Test
    void textThatWasDeletedWhileTheJobWasStoppedIsSaidToBeLost() throws Exception {
        try (Stage stage = new Stage(folder, new Configuration());
                Service service = stage.service("deleted", 1).started();
                LoggedLines log = LoggedLines.of("io.babble.job.source.DeletedText")) {
            service.publishInTransactions("a", TEXT, TEXT);
            service.awaitLearned(TEXT.length);
            publish(service, 10);
            service.awaitLearned(11L * TEXT.length);
            Path savepoint = service.stoppedWithSavepoint();

            publish(service, 10);
            service.deleteText(19);
            service.startedFrom(savepoint);

            service.awaitLearned((11L + 5) * TEXT.length);
            service.await("the warning", () -> !log.lines().isEmpty());
            assertThat(log.lines())
                    .as("the aborted record and the markers are no lost text")
                    .singleElement()
                    .asString()
                    .contains("deleted.text-0", "5 offsets from 14 on");
        }
    }

    private static void publish(Service service, int records) {
        for (int i = 0; i < records; i++) {
            service.publish("a", TEXT);
        }
    }
}
