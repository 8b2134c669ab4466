package judge;

import com.aliyun.odps.Odps;
import com.aliyun.odps.data.Record;
import com.aliyun.odps.data.RecordReader;
import com.aliyun.odps.data.RecordWriter;
import com.aliyun.odps.tunnel.TableTunnel;
import com.aliyun.odps.tunnel.io.CompressOption;
import com.aliyun.odps.tunnel.io.ProtobufRecordPack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Copies one table to another, and keeps the record stream that the SDK makes of the rows. */
final class Exchange {
  private Exchange() {}

  static void run(Odps odps, String from, String to, String file) throws Exception {
    TableTunnel tunnel = odps.tableTunnel();
    String project = odps.getDefaultProject();
    TableTunnel.DownloadSession download = tunnel.createDownloadSession(project, from);
    List<Record> rows = new ArrayList<>();
    try (RecordReader reader = download.openRecordReader(0, download.getRecordCount())) {
      for (Record record = reader.read(); record != null; record = reader.read()) {
        rows.add(record.clone());
      }
    }
    TableTunnel.UploadSession upload = tunnel.createUploadSession(project, to);
    try (RecordWriter writer = upload.openRecordWriter(0)) {
      for (Record row : rows) writer.write(row);
    }
    upload.commit(new Long[] {0L});
    CompressOption raw = new CompressOption(CompressOption.CompressAlgorithm.ODPS_RAW, 0, 0);
    ProtobufRecordPack pack = new ProtobufRecordPack(upload.getSchema(), null, 1 << 20, raw);
    for (Record row : rows) pack.append(row);
    pack.complete();
    Files.write(Path.of(file), pack.getProtobufStream().toByteArray());
  }
}
