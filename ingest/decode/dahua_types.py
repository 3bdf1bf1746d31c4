"""Dahua's event codes by name (cameras, recorders) and by number (platform).

Decides the Chinese word of each, which are made of personal data and which are no events. An unknown one is shown as it came.
"""

LABELS = {
    "videomotion": "移动侦测", "smartmotionhuman": "人员移动", "smartmotionvehicle": "车辆移动", "videoloss": "视频丢失",
    "videoblind": "视频遮挡", "videounfocus": "虚焦", "scenechange": "场景变更", "videoabnormaldetection": "视频异常",
    "alarmlocal": "报警输入", "crosslinedetection": "越界侦测", "crossregiondetection": "区域入侵", "leftdetection": "物品遗留",
    "takenawaydetection": "物品拿取", "wanderdetection": "徘徊", "rioterdetection": "人员聚集", "crowddetection": "人群密度",
    "movedetection": "快速移动", "parkingdetection": "停车", "climbdetection": "攀高", "leavedetection": "离岗",
    "fightdetection": "剧烈运动", "falldown": "倒地", "firewarning": "火点", "firedetection": "明火", "smokedetection": "烟雾",
    "heatimagingtemper": "温度报警", "audioanomaly": "声音异常", "audiomutation": "声音突变", "storagenotexist": "无硬盘",
    "storagefailure": "硬盘错误", "storagelowspace": "硬盘空间不足", "netabort": "网络断开", "ipconflict": "地址冲突",
    "loginfailure": "登录失败", "facedetection": "人脸侦测", "facerecognition": "人脸比对", "trafficjunction": "车辆通过",
    "trafficparking": "违法停车", "accesscontrol": "门禁事件", "trafficretrograde": "逆行", "trafficjam": "交通拥堵",
    "workclothesdetection": "未戴安全帽", "881": "火警", "882": "商铺占道经营", "883": "垃圾违章倾倒", "887": "游摊小贩",
    "890": "暴露垃圾", "891": "违规撑伞", "892": "门前脏乱", "893": "机动车违停", "894": "非机动车违停", "895": "垃圾桶满溢",
    "871": "拉横幅", "856": "人群密度", "967": "不戴安全帽", "597": "离岗", "596": "攀高",
}  # fmt: skip

# Codes made of personal data: that it happened is kept, who or which plate it was is not, nor is the picture.
PERSONAL = {
    "facedetection": "face", "facerecognition": "face", "faceanalysis": "face", "trafficjunction": "plate", "trafficmanualsnap": "plate",
    "vehiclerecognition": "plate", "accesscontrol": "person", "humantrait": "person",
}  # fmt: skip

# What devices tell of themselves all day long.
ENDLESS = frozenset({
    "timechange", "ntpadjusttime", "newfile", "rtspsessiondisconnect", "interviewinfo", "videotalk", "systemstate", "_dostate_",
    "heartbeat", "sipregisterresult", "mobilephoneconnect", "storagechange", "recordchange", "encodechange",
})  # fmt: skip
