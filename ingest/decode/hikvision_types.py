"""Hikvision's event types by name (ISAPI) and by number (platform), and what they call what was seen.

Decides the Chinese word of each. An unknown type is shown as it came.
"""

LABELS = {
    "vmd": "移动侦测", "pir": "人体感应", "io": "报警输入", "fielddetection": "区域入侵", "linedetection": "越界侦测",
    "regionentrance": "进入区域", "regionexiting": "离开区域", "loitering": "徘徊", "group": "人员聚集", "rapidmove": "快速移动",
    "parking": "停车", "unattendedbaggage": "物品遗留", "attendedbaggage": "物品拿取", "shelteralarm": "视频遮挡",
    "tamperdetection": "视频遮挡", "videoloss": "视频丢失", "videomismatch": "制式不符", "scenechangedetection": "场景变更",
    "defocus": "虚焦", "audioexception": "声音异常", "facedetection": "人脸侦测", "facesnap": "人脸抓拍", "facecapture": "人脸抓拍",
    "alarmresult": "人脸比对", "facematch": "人脸比对", "anpr": "车牌识别", "vehicledetection": "车辆检测",
    "mixedtargetdetection": "混合目标检测", "accesscontrollerevent": "门禁事件", "firedetection": "火点检测",
    "smokedetection": "烟雾检测", "smokeandfiredetection": "烟火检测", "thermometry": "温度报警", "diskfull": "硬盘满",
    "diskerror": "硬盘错误", "diskunformat": "硬盘未格式化", "nicbroken": "网线断开", "ipconflict": "地址冲突", "illaccess": "非法访问",
    "recordexception": "录像异常", "hardhatdetection": "未戴安全帽", "peopledetection": "人数异常", "leaveposition": "离岗",
    "failldown": "倒地", "falldown": "倒地", "getup": "起身", "violentmotion": "剧烈运动",
}  # fmt: skip

PLATFORM_LABELS = {
    131329: "视频丢失", 131330: "视频遮挡", 131331: "移动侦测", 131585: "越界侦测", 131586: "进入区域", 131587: "离开区域",
    131588: "区域入侵", 131590: "徘徊", 131591: "停车", 131592: "快速移动", 131593: "人员聚集", 131594: "物品遗留", 131595: "物品拿取",
    131596: "剧烈运动", 131597: "攀高", 131603: "岗位值守", 131605: "倒地", 131664: "人数异常", 192513: "烟雾", 192514: "烟火",
    192515: "火点", 192516: "船只", 192517: "温度报警", 192518: "温差报警", 589825: "报警输入", 851969: "GPS", 889196545: "监控点离线",
}  # fmt: skip

# Types that are made of personal data: that it happened is kept, who it was is not.
PERSONAL = {
    "anpr": "plate", "facedetection": "face", "facesnap": "face", "facecapture": "face", "alarmresult": "face", "facematch": "face",
    "accesscontrollerevent": "person",
}  # fmt: skip
