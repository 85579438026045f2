# SPDX-License-Identifier: GPL-3.0-or-later
"""Who and what there is in the story world, in English and Chinese."""

NAMES = [("Anna", "she", "安娜"), ("Ben", "he", "小本"), ("Clara", "she", "克拉"), ("David", "he", "大卫"), ("Emma", "she", "艾玛"),
         ("Felix", "he", "飞飞"), ("Grace", "she", "小红"), ("Hugo", "he", "小虎"), ("Ida", "she", "依达"), ("Jonas", "he", "小江"),
         ("Kate", "she", "小可"), ("Leo", "he", "乐乐"), ("Mia", "she", "米娅"), ("Noah", "he", "小诺"), ("Olga", "she", "小鸥"),
         ("Peter", "he", "彼得"), ("Rosa", "she", "小玫"), ("Sam", "he", "山姆"), ("Tina", "she", "天天"), ("Viktor", "he", "小维"),
         ("Wendy", "she", "文文"), ("Yusuf", "he", "小宇"), ("Zoe", "she", "小佐"), ("Otto", "he", "奥托"), ("Lena", "she", "莲娜"),
         ("Max", "he", "小明"), ("Nora", "she", "诺拉"), ("Tom", "he", "汤姆"), ("Eva", "she", "夏娃"), ("Karl", "he", "小刚")]

# setting: (name, its places (noun with preposition, noun, Chinese))
SETTINGS = {
    "house": [("in the kitchen", "the kitchen", "厨房"), ("in the bedroom", "the bedroom", "卧室"), ("in the garden", "the garden", "花园"),
              ("in the attic", "the attic", "阁楼"), ("in the cellar", "the cellar", "地下室"), ("in the hall", "the hall", "大厅"),
              ("on the balcony", "the balcony", "阳台")],
    "farm": [("in the barn", "the barn", "谷仓"), ("in the stable", "the stable", "马棚"), ("in the orchard", "the orchard", "果园"),
             ("by the well", "the well", "水井"), ("in the field", "the field", "田野"), ("in the farmhouse", "the farmhouse", "农舍")],
    "school": [("in the classroom", "the classroom", "教室"), ("in the library", "the library", "图书馆"), ("in the yard", "the yard", "操场"),
               ("in the gym", "the gym", "体育馆"), ("in the canteen", "the canteen", "食堂"), ("in the music room", "the music room", "音乐室")],
    "harbour": [("on the pier", "the pier", "码头"), ("in the boathouse", "the boathouse", "船屋"), ("on the beach", "the beach", "海滩"),
                ("in the lighthouse", "the lighthouse", "灯塔"), ("on the ferry", "the ferry", "渡船"), ("in the fish market", "the fish market", "鱼市")],
    "castle": [("in the tower", "the tower", "塔楼"), ("in the throne room", "the throne room", "王座厅"), ("in the dungeon", "the dungeon", "地牢"),
               ("in the courtyard", "the courtyard", "庭院"), ("on the wall", "the wall", "城墙"), ("in the chapel", "the chapel", "小教堂")],
    "forest": [("in the clearing", "the clearing", "空地"), ("in the cave", "the cave", "山洞"), ("by the river", "the river", "河边"),
               ("under the old oak", "the old oak", "老橡树"), ("in the hut", "the hut", "小屋"), ("on the hill", "the hill", "小山")],
    "town": [("in the bakery", "the bakery", "面包店"), ("in the market", "the market", "市场"), ("at the station", "the station", "车站"),
             ("in the museum", "the museum", "博物馆"), ("in the park", "the park", "公园"), ("at the workshop", "the workshop", "工坊"),
             ("in the post office", "the post office", "邮局")],
}
SETTING_WORDS = {"house": ("an old house", "一座老房子"), "farm": ("a farm", "一个农场"), "school": ("a small school", "一所小学校"),
                 "harbour": ("a harbour", "一个港口"), "castle": ("a castle", "一座城堡"), "forest": ("a forest", "一片森林"),
                 "town": ("a little town", "一个小镇")}

THINGS = [("key", "钥匙"), ("lamp", "灯"), ("book", "书"), ("coin", "硬币"), ("map", "地图"), ("rope", "绳子"), ("ring", "戒指"), ("letter", "信"),
          ("drum", "鼓"), ("flute", "笛子"), ("cup", "杯子"), ("hat", "帽子"), ("scarf", "围巾"), ("knife", "小刀"), ("bottle", "瓶子"),
          ("clock", "钟"), ("mirror", "镜子"), ("ball", "球"), ("kite", "风筝"), ("doll", "娃娃"), ("stone", "石头"), ("feather", "羽毛"),
          ("shell", "贝壳"), ("whistle", "哨子"), ("hammer", "锤子"), ("brush", "刷子"), ("candle", "蜡烛"), ("compass", "指南针"),
          ("spoon", "勺子"), ("violin", "小提琴"), ("basketball", "篮球"), ("telescope", "望远镜"), ("umbrella", "雨伞"), ("notebook", "笔记本")]
FOODS = [("apple", "苹果"), ("pear", "梨"), ("cake", "蛋糕"), ("loaf of bread", "面包"), ("cheese", "奶酪"), ("plum", "李子"), ("carrot", "胡萝卜"),
         ("cookie", "饼干"), ("bowl of soup", "汤"), ("peach", "桃子")]
QUALITIES = [("red", "红"), ("blue", "蓝"), ("green", "绿"), ("yellow", "黄"), ("old", "旧"), ("small", "小"), ("golden", "金"), ("wooden", "木"),
             ("silver", "银"), ("white", "白"), ("black", "黑"), ("heavy", "重")]
HOLDERS = [("box", "盒子"), ("basket", "篮子"), ("drawer", "抽屉"), ("bag", "袋子"), ("chest", "箱子"), ("cupboard", "柜子"), ("bucket", "水桶"),
           ("jar", "罐子")]
PETS = [("cat", "猫", "meow"), ("dog", "狗", "woof"), ("parrot", "鹦鹉", "hello"), ("goat", "山羊", "baa"), ("mouse", "老鼠", "squeak")]
WEATHER = [("it began to rain", "开始下雨了"), ("the sun came out", "太阳出来了"), ("a cold wind blew", "吹起了冷风"), ("snow fell softly", "雪轻轻地下着"),
           ("thunder rolled far away", "远处响起雷声"), ("fog crept in", "起雾了"), ("the sky turned pink", "天空变成了粉色"),
           ("a rainbow appeared", "出现了一道彩虹"), ("the stars came out", "星星出来了")]
FEELINGS = [("happy", "高兴"), ("sad", "难过"), ("angry", "生气"), ("tired", "累"), ("proud", "骄傲"), ("curious", "好奇"), ("afraid", "害怕"),
            ("surprised", "惊讶"), ("hungry", "饿"), ("calm", "平静")]
