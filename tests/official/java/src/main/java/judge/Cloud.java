package judge;

import com.aliyun.odps.Odps;
import com.aliyun.odps.account.AliyunAccount;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/** The local cloud of the environment, and clients for it. */
final class Cloud {
  private static final JsonObject ADDRESSES =
      JsonParser.parseString(System.getenv("PAI_LOOP_CLOUD")).getAsJsonObject();

  private Cloud() {}

  /** A client by endpoint and keys alone; with a region it signs with V4. */
  static Odps client(boolean v4) {
    return client(v4, ADDRESSES.get("accessKeySecret").getAsString());
  }

  static Odps client(boolean v4, String secret) {
    String id = ADDRESSES.get("accessKeyId").getAsString();
    String region = ADDRESSES.get("region").getAsString();
    JsonObject place = ADDRESSES.getAsJsonObject("maxcompute");
    Odps odps = new Odps(v4 ? new AliyunAccount(id, secret, region) : new AliyunAccount(id, secret));
    odps.setEndpoint(place.get("endpoint").getAsString());
    odps.setTunnelEndpoint(place.get("tunnelEndpoint").getAsString());
    odps.setDefaultProject(place.get("project").getAsString());
    return odps;
  }
}
